// One run in several processes: what they send, and when they end.

#include "framework/core/error.h"
#include "framework/testing/thread_processes.h"
#include "framework/testing/toy.h"
#include "framework/train/process_lost.h"
#include "framework/train/shared_evaluation.h"
#include "framework/train/store_collective.h"
#include "framework/train/trainer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <limits>
#include <thread>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using torch::Tensor;

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

// Threads that meet over real sockets.
void at_a_store(std::int64_t size, const std::function<void(Collective&)>& body) {
  const std::uint16_t port = free_port();
  std::vector<std::thread> threads;
  for (std::int64_t rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      const auto processes = store_collective(
          {.host = "127.0.0.1", .port = port, .rank = rank, .size = size, .serves = rank == 0});
      body(*processes);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(StoreCollective, AddsInTheOrderOfRanksAndGivesAllTheSameBits) {
  const std::vector<Tensor> parts{torch::tensor({1e8F, 0.1F}), torch::tensor({1.F, 0.2F}),
                                  torch::tensor({-1e8F, 0.3F})};
  const Tensor expected = torch::zeros({2}) + parts[0] + parts[1] + parts[2];
  at_a_store(3, [&](Collective& processes) {
    for (int call = 0; call < 5; ++call) {
      Tensor values = parts[static_cast<std::size_t>(processes.rank())].clone();
      processes.all_reduce(values);
      EXPECT_TRUE(torch::equal(values, expected)) << values;
    }
    EXPECT_EQ(agreed(processes, 7 + processes.rank()), 7);
    processes.barrier();
    EXPECT_EQ(processes.text(), "3 processes over a TCP store");
  });
}

TEST(StoreCollective, TellsWhyAProcessEnded) {
  at_a_store(2, [](Collective& processes) {
    if (processes.rank() == 1) {
      processes.abandon("the disk is full\nand more");
      return;
    }
    try {
      processes.barrier();
      ADD_FAILURE() << "the other process has ended";
    } catch (const ProcessLost& lost) {
      EXPECT_STREQ(lost.what(), "process 1 of 2 ended: the disk is full");
    }
  });
}

TEST(StoreCollective, SaysWhatOfAnotherSizeCame) {
  at_a_store(2, [](Collective& processes) {
    Tensor values = torch::zeros({2 + processes.rank()});
    EXPECT_THROW(processes.all_reduce(values), Error);
  });
}

TEST(SharedEvaluation, GathersTexts) {
  as_processes(3, [](Collective& processes) {
    std::vector<std::string> texts(4);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (takes(processes, i)) texts[i] = std::string(i, 'x') + "é\n";
    }
    share(processes, texts);
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(texts[i], std::string(i, 'x') + "é\n");
  });
}

struct Trained {
  std::vector<double> losses;
  std::vector<Tensor> parameters;
};

Trained train(const toy::Recipe& recipe, const TrainOptions& options, Collective& processes) {
  const auto model = toy::model(recipe);
  Trainer trainer(*model, toy::dataset(recipe.kind), options, Seed(1), recipe.tensors, processes);
  Trained trained;
  const auto examples = toy::examples(recipe.kind, 6);
  for (int step = 0; step < 4; ++step) trained.losses.push_back(trainer.step(examples).loss);
  for (const Tensor& parameter : model->adapter_parameters()) {
    trained.parameters.push_back(parameter.detach().clone());
  }
  return trained;
}

const toy::Recipe kDropped{.variant = "lora", .options = {{"rank", 2}, {"dropout", 0.3}}};

TEST(SeveralProcesses, DropTheSameUnitsWhereMicroBatchesAreGiven) {
  TrainOptions options = toy::training(4);
  options.micro_batch = 2;
  const Trained alone = train(kDropped, options, one_process());
  as_processes(2, [&](Collective& processes) {
    const Trained shared = train(kDropped, options, processes);
    for (std::size_t i = 0; i < alone.losses.size(); ++i) {
      EXPECT_NEAR(shared.losses[i], alone.losses[i], 1e-12);
    }
    for (std::size_t i = 0; i < alone.parameters.size(); ++i) {
      EXPECT_TRUE(torch::allclose(shared.parameters[i], alone.parameters[i], 0, 1e-10));
    }
  });
}

std::string refusal(const TrainOptions& options, std::int64_t size) {
  try {
    as_processes(size, [&](Collective& processes) { train(kDropped, options, processes); });
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SeveralProcesses, RefuseFewerMicroBatchesThanProcesses) {
  TrainOptions options = toy::training(4);
  options.batch = 6;
  options.micro_batch = 3;
  EXPECT_EQ(refusal(options, 3),
            "3 threads share 2 micro-batches a step (train.batch 6, train.micro_batch 3): start "
            "fewer, or make micro-batches smaller");
}

TEST(SeveralProcesses, AllEndWhereOneIsAskedTo) {
  const toy::Recipe recipe{.variant = "lora", .options = {{"rank", 2}}};
  as_processes(2, [&](Collective& processes) {
    const auto model = toy::model(recipe);
    Trainer trainer(*model, toy::dataset(recipe.kind), toy::training(9), Seed(1), recipe.tensors,
                    processes);
    trainer.stop_where([&] { return processes.rank() == 1 && trainer.steps_done() == 3; });
    trainer.between_steps([&](std::int64_t) {
      if (trainer.stop_asked()) trainer.finish_early();
    });
    trainer.run({}, [](std::int64_t) {});
    EXPECT_EQ(trainer.steps_done(), 4);
  });
}

TEST(SeveralProcesses, AllSayThatTheLossIsNotFinite) {
  const toy::Recipe recipe{.variant = "lora", .options = {{"rank", 2}}};
  std::vector<std::string> errors(2);
  as_processes(2, [&](Collective& processes) {
    const auto model = toy::model(recipe);
    Trainer trainer(*model, toy::dataset(recipe.kind), toy::training(9), Seed(1), recipe.tensors,
                    processes);
    const torch::NoGradGuard no_grad;
    if (processes.rank() == 1) {
      model->adapter_parameters()[0].fill_(std::numeric_limits<double>::quiet_NaN());
    }
    try {
      const c10::AutoGradMode with_gradient(true);
      trainer.step(toy::examples(recipe.kind, 6));
    } catch (const Error& error) {
      errors[static_cast<std::size_t>(processes.rank())] = error.what();
    }
  });
  for (const std::string& error : errors)
    EXPECT_THAT(error, HasSubstr("the loss is nan at step 1"));
}

// The first step's gradients, and how often each rank was chosen in all.
struct FirstStep {
  std::vector<Tensor> gradients;
  std::vector<Tensor> counts;
};

FirstStep first_step(const toy::Recipe& recipe, Collective& processes) {
  const auto model = toy::model(recipe);
  TrainOptions options = toy::training(20);
  options.clip = 0;
  Trainer trainer(*model, toy::dataset(recipe.kind), options, Seed(1), recipe.tensors, processes);
  FirstStep found;
  const auto examples = toy::examples(recipe.kind, 6);
  for (int step = 0; step < 20; ++step) {
    trainer.step(examples);
    if (step > 0) continue;
    for (const Tensor& parameter : model->adapter_parameters()) {
      found.gradients.push_back(parameter.grad().clone());
    }
  }
  for (const auto& attached : model->adapter().attached()) {
    found.counts.push_back(attached.update->training_usage()->count().clone());
  }
  return found;
}

TEST(SeveralProcesses, AgreeInFp32AndFlipFewChoices) {
  toy::Recipe recipe{.variant = "smora", .options = {{"rank", 8}, {"active", 2}}};
  recipe.tensors = torch::kFloat32;
  const FirstStep alone = first_step(recipe, one_process());
  as_processes(2, [&](Collective& processes) {
    const FirstStep shared = first_step(recipe, processes);
    for (std::size_t i = 0; i < alone.gradients.size(); ++i) {
      const double scale = alone.gradients[i].abs().max().item<double>();
      const double difference =
          (shared.gradients[i] - alone.gradients[i]).abs().max().item<double>();
      EXPECT_LE(difference, 1e-6 * scale) << "parameter " << i;
    }
    std::int64_t flipped = 0, all = 0;
    for (std::size_t i = 0; i < alone.counts.size(); ++i) {
      const Tensor moved = (shared.counts[i] - alone.counts[i]).abs().sum();
      flipped += moved.item<std::int64_t>() / 2;
      all += alone.counts[i].sum().item<std::int64_t>();
    }
    if (processes.leads()) fmt::print("flipped choices: {} of {}\n", flipped, all);
    EXPECT_LE(flipped, all / 1000);
  });
}

}  // namespace
}  // namespace rankwise

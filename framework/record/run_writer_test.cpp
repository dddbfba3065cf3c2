#include "framework/record/run_writer.h"

#include "framework/core/json.h"
#include "framework/io/test_files.h"
#include "framework/record/example_run.h"
#include "framework/record/run_reader.h"

#include <array>
#include <chrono>
#include <thread>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const json kAttributes = {{"study", "example"}, {"seed", 3}};

/// Records `steps` steps with an evaluation after every tenth.
void record(RunWriter& writer, int steps) {
  for (int step = 1; step <= steps; ++step) {
    writer.step(example_step(step));
    if (step % 10 == 0) writer.evaluation(example_evaluation(step));
  }
}

TEST(RunWriter, RenamesTheFinishedFile) {
  const fs::path path = test_folder() / "deep" / "a.h5";
  RunWriter writer(path, example_layout(), kAttributes);
  record(writer, 10);
  EXPECT_TRUE(fs::exists(partial_path(path)));
  EXPECT_FALSE(fs::exists(path));
  writer.finish(example_final(), {{"seconds", 1.5}, {"seed", 4}});
  EXPECT_TRUE(fs::exists(path));
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
  const RunFile file(path);
  EXPECT_EQ(file.status(), "finished");
  EXPECT_EQ(file.attributes().at("seconds"), 1.5);
  EXPECT_EQ(file.attributes().at("seed"), 4);
}

TEST(RunWriter, KeepsWhatAFailedRunRecorded) {
  const fs::path path = test_folder() / "a.h5";
  RunWriter writer(path, example_layout(), kAttributes);
  record(writer, 13);
  writer.fail("loss is not finite");
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(fs::exists(partial_path(path)));
  const RunFile file(failed_path(path));
  EXPECT_EQ(file.status(), "failed");
  EXPECT_EQ(file.attributes().at("error"), "loss is not finite");
  EXPECT_EQ(file.steps().size(), 13U);
  EXPECT_EQ(file.evaluations().size(), 1U);
}

TEST(RunWriter, RemovesAnEarlierFailureWhenARunFinishes) {
  const fs::path path = test_folder() / "a.h5";
  RunWriter(path, example_layout(), kAttributes).fail("once");
  ASSERT_TRUE(fs::exists(failed_path(path)));
  RunWriter(path, example_layout(), kAttributes).finish(example_final(), json::object());
  EXPECT_FALSE(fs::exists(failed_path(path)));
}

TEST(RunWriter, ReadableWhileItWrites) {
  const fs::path path = test_folder() / "a.h5";
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    RunWriter writer(path, example_layout(), kAttributes);
    record(writer, 10);
    [[maybe_unused]] const auto written = ::write(ready[1], "!", 1);
    return static_cast<void>(::pause());  // still open
  }
  char signal = 0;
  ASSERT_EQ(::read(ready[0], &signal, 1), 1);
  {
    const RunFile file(partial_path(path));
    EXPECT_EQ(file.status(), "running");
    EXPECT_EQ(file.steps().size(), 10U);
    EXPECT_EQ(file.evaluations(), std::vector{example_evaluation(10)});
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(RunWriter, ReadableAfterAKill) {
  const fs::path path = test_folder() / "a.h5";
  const auto write = [&] {
    RunWriter writer(path, example_layout(), kAttributes);
    record(writer, 20);
    for (int step = 21; step < 40; ++step) writer.step(example_step(step));
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(write), -SIGKILL);
  const RunFile file(partial_path(path));
  EXPECT_EQ(file.status(), "running");
  EXPECT_EQ(file.attributes().at("study"), "example");
  EXPECT_EQ(file.layout(), example_layout());
  const std::vector<StepRecord> steps = file.steps();
  ASSERT_EQ(steps.size(), 20 + RunWriter::kStepsPerFlush);  // the last 3 waited for a flush
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i], example_step(static_cast<std::int64_t>(i) + 1));
  }
  EXPECT_EQ(file.evaluations().back(), example_evaluation(20));
  EXPECT_TRUE(file.predictions().empty());
}

TEST(RunWriter, ResumesFromTheHistoryOfAKilledRun) {
  const fs::path path = test_folder() / "a.h5";
  const auto write = [&] {
    RunWriter writer(path, example_layout(), kAttributes);
    record(writer, 30);
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(write), -SIGKILL);
  const RunHistory history = RunFile(partial_path(path)).history(15);
  RunWriter writer(path, example_layout(), kAttributes, history);
  writer.step(example_step(16));
  writer.finish(example_final(), json::object());
  const RunFile file(path);
  ASSERT_EQ(file.steps().size(), 16U);
  EXPECT_EQ(file.steps().back(), example_step(16));
  ASSERT_EQ(file.evaluations().size(), 1U);
  EXPECT_EQ(file.scores().front().step, 10);
}

TEST(RunWriter, LeavesWhatWasFlushedWhenTheDiskIsFull) {
  const fs::path folder = test_folder();
  int readable = 0;
  for (rlim_t limit = 1000; limit < 60000; limit += 3000) {
    const fs::path path = folder / (std::to_string(limit) + ".h5");
    const auto write = [&] {
      limit_file_size(limit);
      const std::string message = error_of([&] {
        RunWriter writer(path, example_layout(), kAttributes);
        const std::string full = error_of([&] { record(writer, 100000); });
        const std::string after = error_of([&] { writer.fail(full); });
        check(after.find("recording ended before") != std::string::npos, "then {}", after);
        throw Error(full);
      });
      return message.find("File too large") == std::string::npos ? 1 : 42;
    };
    ASSERT_EQ(in_child(write), 42) << limit;
    if (!fs::exists(partial_path(path))) continue;  // it was not even begun
    const RunFile file(partial_path(path));
    for (const StepRecord& step : file.steps()) EXPECT_EQ(step, example_step(step.step));
    readable += file.steps().empty() ? 0 : 1;
  }
  EXPECT_GT(readable, 3);
}

TEST(RunWriter, LeavesThePartialFileWhenTheDiskIsFullAtTheEnd) {
  const fs::path path = test_folder() / "a.h5";
  const auto write = [&] {
    RunWriter writer(path, example_layout(), kAttributes);
    record(writer, 20);
    limit_file_size(fs::file_size(partial_path(path)) + 100);
    FinalRecord large = example_final();
    large.sample_tasks.assign(100000, 1);
    large.sample_embeddings.clear();
    const std::string message = error_of([&] { writer.finish(large, json::object()); });
    return message.find("File too large") == std::string::npos ? 1 : 42;
  };
  ASSERT_EQ(in_child(write), 42);
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
  EXPECT_EQ(RunFile(partial_path(path)).steps().size(), 20U);
}

TEST(RunWriter, RefusesAnEvaluationThatDoesNotFitTheLayout) {
  const fs::path path = test_folder() / "a.h5";
  RunWriter writer(path, example_layout(), kAttributes);
  EvaluationRecord evaluation = example_evaluation(5);
  evaluation.usage[0].count.pop_back();
  EXPECT_EQ(error_of([&] { writer.evaluation(evaluation); }),
            "evaluation at step 5: /usage/encoder.layer.0.attention.self.query/count has 3 values, "
            "expected [2, 2]");
  evaluation = example_evaluation(5);
  evaluation.scores["stsb"].clear();
  EXPECT_EQ(error_of([&] { writer.evaluation(evaluation); }),
            "evaluation at step 5: no /evaluation/score/stsb/pearson");
  evaluation = example_evaluation(5);
  evaluation.scores["sst2"]["acuracy"] = 1;
  EXPECT_EQ(error_of([&] { writer.evaluation(evaluation); }),
            "evaluation at step 5: /evaluation/score/sst2/acuracy, which no task of the run has");
  evaluation = example_evaluation(5);
  evaluation.usage.pop_back();
  EXPECT_EQ(error_of([&] { writer.evaluation(evaluation); }),
            "evaluation at step 5: usage of 1 sites, expected 2");
  writer.evaluation(example_evaluation(5));  // none of them left a trace
  writer.finish(example_final(), json::object());
  EXPECT_EQ(RunFile(path).evaluations(), std::vector{example_evaluation(5)});
}

TEST(RunWriter, RefusesPredictionsThatDoNotFit) {
  const fs::path path = test_folder() / "a.h5";
  RunWriter writer(path, example_layout(), kAttributes);
  FinalRecord record = example_final();
  record.predictions[0].task = "sst3";
  EXPECT_NE(error_of([&] {
              writer.finish(record, json::object());
            }).find("predictions of 'sst3', which is no task of the run"),
            std::string::npos);
  record = example_final();
  record.predictions[0].label.pop_back();
  EXPECT_NE(error_of([&] {
              writer.finish(record, json::object());
            }).find("/evaluation/sst2/dev/last/label has 2 values, expected [3]"),
            std::string::npos);
  writer.finish(example_final(), json::object());  // what was recorded is still there
  EXPECT_EQ(RunFile(path).predictions().size(), 2U);
}

TEST(RunWriter, RefusesAttributesOfItsOwn) {
  const fs::path path = test_folder() / "a.h5";
  EXPECT_EQ(error_of([&] {
              RunWriter(path, example_layout(), {{"status", "finished"}});
            }),
            "the attribute 'status' of a run file is its writer's own");
  EXPECT_TRUE(fs::is_empty(path.parent_path()));
}

TEST(RunWriter, SaysWhereItCanNotWrite) {
  const fs::path folder = test_folder();
  write_bytes(folder / "file", "text");
  const std::string message =
      error_of([&] { RunWriter(folder / "file" / "a.h5", example_layout(), kAttributes); });
  EXPECT_EQ(message,
            (folder / "file").string() + ": the folder cannot be created: Not a directory");
}

TEST(RunWriter, GivesTheSameBytesForTheSameRun) {
  const fs::path folder = test_folder();
  const auto write = [&](const char* name) {
    RunWriter writer(folder / name, example_layout(), kAttributes);
    record(writer, 20);
    writer.finish(example_final(), json::object());
    std::ifstream file(folder / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string first = write("a.h5");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // HDF5 would store seconds
  EXPECT_EQ(write("b.h5"), first);
}

}  // namespace
}  // namespace rankwise

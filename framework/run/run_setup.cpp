#include "framework/run/run_setup.h"

#include "framework/adapter/variant.h"
#include "framework/core/allocator.h"
#include "framework/ops/determinism.h"
#include "framework/run/memory.h"
#include "framework/train/budget.h"
#include "framework/train/early_stopping.h"
#include "framework/train/finite.h"
#include "framework/train/generated_answers.h"
#include "framework/train/precision.h"

#include <ATen/Context.h>
#include <torch/types.h>

#include <algorithm>

namespace rankwise {

namespace {

void check_lengths(const Dataset& dataset, std::int64_t longest, AnswerRows answers) {
  if (longest == 0) return;
  for (const TaskData& data : dataset.tasks) {
    for (const SplitName name : {SplitName::kTrain, SplitName::kDev, SplitName::kTest}) {
      const std::int64_t length = data.split(name).longest_sequence(answers);
      check(length <= longest,
            "task '{}' has a {} sequence of {} tokens, and the backbone has {} positions; prepare "
            "the suite with shorter sequences",
            data.task.name, to_string(name), length, longest);
    }
  }
}

void check_segments(const Dataset& dataset, std::int64_t kinds) {
  if (kinds == 0) return;
  for (const TaskData& data : dataset.tasks) {
    for (const SplitName name : {SplitName::kTrain, SplitName::kDev, SplitName::kTest}) {
      const std::int64_t largest = data.split(name).largest_segment();
      check(
          largest < kinds,
          "task '{}' has segment id {} in its {} split, and the backbone knows {} (type_vocab_size "
          "of its config.json); prepare the suite with the backbone's tokenizer",
          data.task.name, largest, to_string(name),
          kinds == 1 ? "0 only" : fmt::format("0 to {}", kinds - 1));
    }
  }
}

void check_answers(const Dataset& dataset, const std::string& name, const Backbone& backbone) {
  const torch::Tensor head = backbone.vocabulary_weight();
  for (const TaskData& data : dataset.tasks) {
    if (data.task.answered_by == AnsweredBy::kHead) continue;
    check(!data.task.loss_on_prompt || !backbone.decoder_start(),
          "task '{}' trains on its prompt's tokens too (\"loss_on\": \"all\"), and the decoder of "
          "backbone '{}' sees answers alone; prepare the suite with \"loss_on\": \"answer\"",
          data.task.name, name);
    check(head.defined(),
          "task '{}' is answered by likelihood, and backbone '{}' has no head over the vocabulary; "
          "take one that has (llama, t5), or prepare the suite with trained heads (\"answers\": "
          "\"head\")",
          data.task.name, name);
  }
}

// A decoder without an answer is never run.
void check_decoder_is_used(const Dataset& dataset, Model& model) {
  if (!model.backbone().decoder_start()) return;
  const bool answers = std::any_of(
      dataset.tasks.begin(), dataset.tasks.end(),
      [](const TaskData& data) { return data.task.answered_by == AnsweredBy::kLikelihood; });
  if (answers) return;
  for (const auto& [site, update] : model.adapter().attached()) {
    check(!site.in_decoder,
          "sites: no forward reaches {}: all tasks have heads, and the decoder runs for answers by "
          "likelihood alone; adapt the encoder (\"sites\": [\"encoder.block.*\"])",
          site.name);
  }
}

std::shared_ptr<Backbone> make_backbone(const RunConfig& config, const Paths& paths,
                                        const RunSetup& setup, const torch::TensorOptions& tensors,
                                        bool trained) {
  const Dataset& dataset = setup.suite.dataset;
  const torch::ScalarType type = activation_type(config.train.precision);
  const BackboneInputs inputs{
      paths.data / "models", dataset.vocabulary, dataset.feature_width,
      trained ? tensors : tensors.dtype(type),
      setup.suite.backbone_seed ? Seed(*setup.suite.backbone_seed) : setup.seed.stream("backbone")};
  auto backbone = backbones().find(config.backbone).make(config.backbone_options, inputs);
  backbone->compute_in(type);
  return backbone;
}

}  // namespace

std::unique_ptr<Model> make_model(const RunConfig& config, const Paths& paths,
                                  const RunSetup& setup, const torch::TensorOptions& tensors) {
  const Dataset& dataset = setup.suite.dataset;
  auto adapter = variants().find(config.variant).make(config.options);
  auto backbone = make_backbone(config, paths, setup, tensors, adapter->trains_backbone());
  const PackForm form{Purpose::kScoring, backbone->decoder_start()};
  check_lengths(dataset, backbone->longest_sequence(), form.answer_rows());
  check_segments(dataset, backbone->segment_kinds());
  check_answers(dataset, config.backbone, *backbone);
  check_writing(dataset, *backbone, config.train.generation);
  std::vector<Task> tasks;
  for (const TaskData& data : dataset.tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, backbone->width(), setup.suite.head,
                                       setup.seed.stream("heads"), tensors);
  Seed adapter_seed = setup.seed.stream("adapter");
  if (config.adapter_seed > 0) {
    adapter_seed = adapter_seed.stream(static_cast<std::uint64_t>(config.adapter_seed));
  }
  AdapterInputs adapters{dataset.task_count(), 0, tensors, adapter_seed, {}};
  if (setup.suite.truth) {
    for (const auto& [site, truth] : setup.suite.truth->sites) {
      adapters.true_ranks[site] = truth.rank;
    }
  }
  auto model = std::make_unique<Model>(std::move(backbone), std::move(adapter), std::move(heads),
                                       AttachOptions{config.sites, adapters});
  check_decoder_is_used(dataset, *model);
  return model;
}

// Refused here, a run costs a line; refused by the system, it costs what ran beside it.
void check_model(const RunConfig& config, const Paths& paths, const RunSetup& setup) {
  static_cast<void>(steps_of(config.train, setup.suite.dataset));
  static_cast<void>(EarlyStopping(config.train.early_stopping, setup.suite.dataset));
  try {
    const MemoryNeed need = memory_need(config, paths, setup);
    // A GPU's allocator says by itself what it lacks.
    if (setup.tensors.device().is_cpu()) check_memory(need, machine_memory());
  } catch (const c10::Error& error) {
    const std::string_view what = error.what_without_backtrace();
    const bool too_large = what.find("overflow") != what.npos || what.find("alloc") != what.npos;
    check(!too_large,
          "the run needs tensors larger than any memory; lower the variant's rank or the "
          "backbone's sizes ({})",
          first_line(error.what_without_backtrace()));
    // Else a plug-in that reads its initial values, which are not there yet: not counted.
  }
}

RunSetup load_data(const RunConfig& config, const Paths& paths, const std::string& device) {
  RunSetup setup;
  setup.tensors = torch::TensorOptions()
                      .device(parse_device(device))
                      .dtype(trained_type(config.train.precision));
  set_product_precision(config.train.precision, setup.tensors.device());
  set_deterministic(config.train.deterministic, setup.tensors.device());
  setup.seed = Seed(static_cast<std::uint64_t>(config.seed));
  setup.suite = load_suite(config.data, suite_inputs(config, paths));
  return setup;
}

RunSetup set_up(const RunConfig& config, const Paths& paths, const std::string& device) {
  RunSetup setup = load_data(config, paths, device);
  check_model(config, paths, setup);
  setup.model = make_model(config, paths, setup, setup.tensors);
  check_weights(setup.model->backbone());
  keep_freed_memory();
  return setup;
}

Evaluator evaluator_of(const RunSetup& setup, const TrainOptions& train,
                       std::function<void()> before_batch) {
  Evaluator evaluator(setup.suite.dataset, train.evaluation_rows, setup.tensors,
                      std::move(before_batch));
  evaluator.write_by(train.generation, setup.seed.stream("generation"));
  return evaluator;
}

torch::Device parse_device(const std::string& name) {
  check(name == "cpu" || name == "cuda", "unknown device '{}'; the devices are cpu, cuda", name);
  if (name == "cpu") return torch::kCPU;
  check(at::detail::getCUDAHooks().deviceCount() > 0,
        "device 'cuda' was asked for, and this LibTorch {}; use --device cpu",
        at::detail::getCUDAHooks().hasCUDART() ? "finds no CUDA device or driver"
                                               : "is built without CUDA");
  return torch::Device(torch::kCUDA, 0);
}

}  // namespace rankwise

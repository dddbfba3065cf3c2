#include "framework/train/assemble.h"

#include "framework/adapter/variant.h"

#include <ATen/Context.h>
#include <torch/types.h>

namespace rankwise {

namespace {

void check_lengths(const Dataset& dataset, std::int64_t longest) {
  if (longest == 0) return;
  for (const TaskData& data : dataset.tasks) {
    for (const SplitName name : {SplitName::kTrain, SplitName::kDev, SplitName::kTest}) {
      const std::int64_t length = data.split(name).longest_sequence();
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

std::unique_ptr<Model> make_model(const RunConfig& config, const Places& places,
                                  const Assembly& made) {
  const Dataset& dataset = made.suite.dataset;
  const BackboneSetting setting{
      places.data / "models", dataset.vocabulary, dataset.feature_width, made.tensors,
      made.suite.backbone_seed ? Seed(*made.suite.backbone_seed) : made.seed.stream("backbone")};
  auto backbone = backbones().find(config.backbone).make(config.backbone_options, setting);
  check_lengths(dataset, backbone->longest_sequence());
  check_segments(dataset, backbone->segment_kinds());
  std::vector<Task> tasks;
  for (const TaskData& data : dataset.tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, backbone->width(), made.suite.head,
                                       made.seed.stream("heads"), made.tensors);
  Seed adapter_seed = made.seed.stream("adapter");
  if (config.adapter_stream > 0) {
    adapter_seed = adapter_seed.stream(static_cast<std::uint64_t>(config.adapter_stream));
  }
  Setting adapters{dataset.task_count(), 0, made.tensors, adapter_seed, {}};
  if (made.suite.truth) {
    for (const auto& [site, truth] : made.suite.truth->sites) {
      adapters.true_ranks[site] = truth.rank;
    }
  }
  return std::make_unique<Model>(std::move(backbone),
                                 variants().find(config.variant).make(config.options),
                                 std::move(heads), AttachOptions{config.sites, adapters});
}

}  // namespace

Assembly assemble(const RunConfig& config, const Places& places, const std::string& device) {
  Assembly made;
  made.tensors = torch::TensorOptions()
                     .device(parse_device(device))
                     .dtype(config.train.precision == "fp64" ? torch::kFloat64 : torch::kFloat32);
  made.seed = Seed(static_cast<std::uint64_t>(config.seed));
  made.suite = load_suite(config.data, suite_setting(config, places));
  made.model = make_model(config, places, made);
  return made;
}

torch::Device parse_device(const std::string& name) {
  check(name == "cpu" || name == "cuda", "unknown device '{}'; the devices are cpu, cuda", name);
  if (name == "cpu") return torch::kCPU;
  check(at::hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0,
        "device 'cuda' was asked for, and this LibTorch {}; use --device cpu",
        at::hasCUDA() ? "finds no CUDA device" : "is built without CUDA");
  return torch::Device(torch::kCUDA, 0);
}

}  // namespace rankwise

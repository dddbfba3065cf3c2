#include "framework/exchange/model_outputs.h"

#include "framework/core/seed.h"

#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;

constexpr std::int64_t kLongestProbe = 24, kProbes = 4, kAnswer = 3;

// Sequences of different lengths, each with an answer of some tokens.
Split random_split(std::int64_t vocabulary, std::int64_t longest) {
  Random random = Seed(2).stream("probe").random();
  const auto token = [&] {
    return static_cast<std::int32_t>(random.index(static_cast<std::uint64_t>(vocabulary)));
  };
  Split split;
  split.starts = split.groups = split.answer_starts = {0};
  for (std::int64_t s = 0; s < kProbes; ++s) {
    const std::int64_t length = std::max<std::int64_t>(1, longest - 5 * s);
    for (std::int64_t i = 0; i < length; ++i) split.tokens.push_back(token());
    for (std::int64_t i = 0; i < kAnswer; ++i) split.answer_tokens.push_back(token());
    split.starts.push_back(static_cast<std::int64_t>(split.tokens.size()));
    split.answer_starts.push_back(static_cast<std::int64_t>(split.answer_tokens.size()));
    split.answer_bytes.push_back(kAnswer);
    split.groups.push_back(s + 1);
    split.target.push_back(0);
  }
  split.segments.assign(split.tokens.size(), 0);
  return split;
}

Dataset probe_dataset(const Backbone& backbone, std::int64_t vocabulary, const TaskOf& which) {
  Dataset dataset;
  dataset.vocabulary = vocabulary;
  dataset.tasks.resize(static_cast<std::size_t>(which.tasks));
  const std::int64_t most = backbone.longest_sequence();
  const std::int64_t longest = most == 0 ? kLongestProbe : std::min(most - kAnswer, kLongestProbe);
  TaskData& data = dataset.tasks[static_cast<std::size_t>(which.task)];
  data.test = random_split(vocabulary, longest);
  return dataset;
}

}  // namespace

Tensor model_outputs(Model& model, std::int64_t vocabulary, const TaskOf& which) {
  const torch::NoGradGuard no_grad;
  const Dataset dataset = probe_dataset(model.backbone(), vocabulary, which);
  std::vector<Example> examples;
  for (std::int64_t i = 0; i < kProbes; ++i) {
    examples.push_back({static_cast<std::int32_t>(which.task), i});
  }
  const Tensor weight = model.backbone().linears().front().second->weight;
  const Batch batch = pack(dataset, SplitName::kTest, examples, weight.options(),
                           model.pack_form(Purpose::kScoring));
  const Hidden hidden = model.backbone().forward({.batch = batch, .count_usage = false});
  std::vector<Tensor> parts{hidden.rows.flatten()};
  const Tensor head = model.backbone().vocabulary_weight();
  if (head.defined()) {
    const Tensor& rows = hidden.decoded.defined() ? hidden.decoded : hidden.rows;
    parts.push_back(rows.mm(head.t()).flatten());
  }
  return torch::cat(parts);
}

double relative_difference(const Tensor& found, const Tensor& expected) {
  return (found - expected).abs().max().item<double>() / expected.abs().max().item<double>();
}

}  // namespace rankwise

#include "framework/train/shared_evaluation.h"

namespace rankwise {

namespace {

// Whole numbers below 2^53 stay whole.
void share_tensors(Collective& processes, const std::vector<torch::Tensor>& tensors) {
  if (processes.alone() || tensors.empty()) return;
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& tensor : tensors) {
    parts.push_back(tensor.flatten().to(torch::kFloat64));
  }
  torch::Tensor all = torch::cat(parts);
  processes.all_reduce(all);
  std::int64_t at = 0;
  for (torch::Tensor tensor : tensors) {
    tensor.copy_(all.narrow(0, at, tensor.numel()).view(tensor.sizes()));
    at += tensor.numel();
  }
}

torch::Tensor view_of(std::vector<double>& values) {
  return torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())},
                          torch::kFloat64);
}

template <class Number>
void share_numbers(Collective& processes, std::vector<Number>& numbers) {
  std::vector<double> values(numbers.begin(), numbers.end());
  share(processes, values);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<Number>(values[i]);
}

std::vector<torch::Tensor> counts_of(const RankUsage& usage) {
  std::vector<torch::Tensor> counts{usage.count(), usage.gate_mass()};
  if (usage.coactivation().defined()) {
    counts.push_back(usage.coactivation());
    counts.push_back(usage.half_count());
  }
  return counts;
}

void share_usage(Collective& processes, Model& model, RankUsage* (Update::*usage_of)()) {
  std::vector<torch::Tensor> tensors;
  for (const auto& attached : model.adapter().attached()) {
    const RankUsage* usage = (*attached.update.*usage_of)();
    if (usage == nullptr) continue;
    for (const torch::Tensor& count : counts_of(*usage)) tensors.push_back(count);
  }
  share_tensors(processes, tensors);
}

}  // namespace

void share(Collective& processes, std::vector<double>& values) {
  if (!values.empty()) share_tensors(processes, {view_of(values)});
}

void share(Collective& processes, std::int64_t& value) {
  std::vector<std::int64_t> values{value};
  share_numbers(processes, values);
  value = values.front();
}

void share(Collective& processes, std::vector<std::string>& texts) {
  if (processes.alone()) return;
  std::vector<std::int64_t> sizes;
  for (const std::string& text : texts) sizes.push_back(static_cast<std::int64_t>(text.size()));
  share_numbers(processes, sizes);
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i].resize(static_cast<std::size_t>(sizes[i]));  // what others wrote: zeros
    bytes.insert(bytes.end(), texts[i].begin(), texts[i].end());
  }
  share_numbers(processes, bytes);
  auto next = bytes.begin();
  for (std::string& text : texts) {
    const auto end = next + static_cast<std::ptrdiff_t>(text.size());
    text.assign(next, end);
    next = end;
  }
}

void share(Collective& processes, PredictionRecord& record) {
  if (processes.alone()) return;
  share(processes, record.prediction);
  share(processes, record.answers.log_probability);
  share_numbers(processes, record.answers.greedy);
}

void share_evaluation_usage(Collective& processes, Model& model) {
  share_usage(processes, model, &Update::evaluation_usage);
}

void share_generation_usage(Collective& processes, Model& model) {
  share_usage(processes, model, &Update::generation_usage);
}

}  // namespace rankwise

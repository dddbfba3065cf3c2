#include "framework/train/statistics.h"

#include "framework/data/doubles.h"

#include <algorithm>
#include <limits>
#include <map>

namespace rankwise {

namespace {

template <class To, class Stored>
std::vector<To> values(const torch::Tensor& tensor, torch::ScalarType type) {
  const torch::Tensor host = tensor.detach().to(torch::kCPU, type).contiguous();
  const Stored* first = host.data_ptr<Stored>();
  return std::vector<To>(first, first + host.numel());
}

std::vector<std::uint64_t> counts(const torch::Tensor& tensor) {
  return values<std::uint64_t, std::int64_t>(tensor, torch::kInt64);
}
std::vector<float> floats(const torch::Tensor& tensor) {
  return values<float, float>(tensor, torch::kFloat32);
}

TaskRecord task_record(const TaskData& data, AnswerRows where, SplitName evaluated) {
  const Task& task = data.task;
  const Split& split = data.split(evaluated);
  const auto answers = static_cast<std::int64_t>(split.answer_tokens.size());
  const std::int64_t apart = where == AnswerRows::kOwn ? answers : 0;
  return {.name = task.name,
          .family = task.family,
          .kind = std::string(to_string(task.kind)),
          .classes = task.classes,
          .metrics = task.metrics,
          .dev_tokens = split.rows(where) - apart,
          .dev_answer_tokens = apart};
}

SiteRecord site_record(const Adapter::Attached& attached) {
  SiteRecord record;
  record.name = attached.site.name;
  record.in = attached.site.in;
  record.out = attached.site.out;
  const Gate* gate = attached.update->gate();
  if (gate == nullptr) return record;
  record.ranks = attached.update->ranks();
  record.coactivation = gate->chooses_per_row();
  record.balance_bias = gate->balance_bias().defined();
  record.selection = gate->selection().has_value();
  const torch::Tensor embedding = gate->task_embedding();
  record.embedding_width = embedding.defined() ? embedding.size(1) : 0;
  return record;
}

SiteUsage site_usage(Update& update) {
  SiteUsage usage;
  const Gate* gate = update.gate();
  if (gate == nullptr) return usage;
  usage.count = counts(update.evaluation_usage()->count());
  usage.gate_mass = doubles(update.evaluation_usage()->gate_mass());
  usage.training_count = counts(update.training_usage()->count());
  if (gate->chooses_per_row()) {
    usage.coactivation = counts(update.evaluation_usage()->coactivation());
    usage.half_count = counts(update.evaluation_usage()->half_count());
  }
  if (gate->balance_bias().defined()) usage.balance_bias = doubles(gate->balance_bias());
  if (const auto selection = gate->selection()) {
    usage.chosen_rank = values<std::int64_t, std::int64_t>(selection->rank, torch::kInt64);
    usage.probability =
        selection->probability.defined()
            ? doubles(selection->probability)
            : std::vector<double>(usage.count.size(), std::numeric_limits<double>::quiet_NaN());
  }
  if (gate->task_embedding().defined()) usage.task_embedding = doubles(gate->task_embedding());
  return usage;
}

TruthRecord truth_record(const SuiteTruth& truth, const std::vector<SiteRecord>& sites) {
  TruthRecord record{{}, truth.group, truth.input_group};
  for (const SiteRecord& site : sites) {
    const auto known = truth.sites.find(site.name);
    record.sites.push_back(known == truth.sites.end() ? SiteTruth{} : known->second);
  }
  return record;
}

void append(std::vector<float>& to, const torch::Tensor& rows) {
  const std::vector<float> added = floats(rows);
  to.insert(to.end(), added.begin(), added.end());
}

}  // namespace

RunLayout run_layout(const Dataset& dataset, Model& model, const std::optional<SuiteTruth>& truth,
                     SplitName evaluated) {
  RunLayout layout;
  const AnswerRows where = model.pack_form(Purpose::kScoring).answer_rows();
  for (const TaskData& data : dataset.tasks) {
    layout.tasks.push_back(task_record(data, where, evaluated));
  }
  for (const auto& attached : model.adapter().attached()) {
    layout.sites.push_back(site_record(attached));
    layout.sites.back().answers = model.backbone().reads_answers(attached.site.name);
  }
  if (truth) layout.truth = truth_record(*truth, layout.sites);
  return layout;
}

std::vector<SiteUsage> collect_usage(Model& model) {
  std::vector<SiteUsage> usage;
  for (const auto& attached : model.adapter().attached()) {
    usage.push_back(site_usage(*attached.update));
  }
  return usage;
}

std::vector<FactorRecord> collect_factors(Model& model) {
  std::vector<FactorRecord> records;
  for (const auto& [site, update] : model.adapter().attached()) {
    const auto factors = update->factors();
    if (!factors) continue;
    records.push_back(
        {site.name, factors->a.size(0), site.in, site.out, floats(factors->a), floats(factors->b)});
  }
  return records;
}

void collect_samples(Model& model, const Dataset& dataset, std::int64_t samples,
                     const torch::TensorOptions& options, FinalRecord& record) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, SampleEmbedding> by_site;
  for (std::int32_t task = 0; task < dataset.task_count(); ++task) {
    const std::int64_t count = std::min(samples, dataset.tasks[task].dev.examples());
    for (std::int64_t i = 0; i < count; ++i) {
      const Batch batch =
          pack(dataset, SplitName::kDev, {{task, i}}, options, model.pack_form(Purpose::kScoring));
      const Pass pass{.batch = batch, .count_usage = false, .keep_samples = true};
      const torch::Tensor pooled = model.forward(pass).pooled;
      // A choice is represented by its first candidate.
      append(by_site["pooled"].values, pooled.narrow(0, 0, 1));
      by_site["pooled"].width = pooled.size(1);
      for (const auto& [site, update] : model.adapter().attached()) {
        const torch::Tensor first = update->samples();
        if (!first.defined()) continue;
        append(by_site[site.name].values, first.narrow(0, 0, 1));
        by_site[site.name].width = first.size(1);
      }
      record.sample_tasks.push_back(task);
    }
  }
  for (auto& [site, embedding] : by_site) {
    embedding.site = site;
    record.sample_embeddings.push_back(std::move(embedding));
  }
}

}  // namespace rankwise

#include "framework/record/summary_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

namespace rankwise {
namespace {

using nlohmann::json;

json key_of_tasks(const RunLayout& layout) {
  json key = json::array();
  for (const TaskRecord& task : layout.tasks) {
    key.push_back({task.name, task.family, task.kind, task.classes, task.metrics});
  }
  return key;
}

json key_of_sites(const RunLayout& layout) {
  json key = json::array();
  for (const SiteRecord& site : layout.sites) key.push_back({site.name, site.in, site.out});
  return key;
}

json key_of_truth(const RunLayout& layout) {
  if (!layout.truth) return nullptr;
  return {layout.truth->group.empty(), layout.truth->input_group.empty()};
}

/// Examples and their labels, so that these are stored once.
json key_of_tests(const SummaryRun& run) {
  json key = test_columns(run);
  for (const PredictionRecord& record : run.final.predictions) {
    key.push_back(
        {record.task, record.parameters, record.width, record.label, record.passed.size()});
  }
  return key;
}

/// What is known of runs at their end has no padding.
json key_of_end(const SummaryRun& run) {
  json key = {run.final.sample_tasks.size()};
  for (const auto& sample : run.final.sample_embeddings) key.push_back({sample.site, sample.width});
  for (const auto& gradient : run.final.gradients) key.push_back({gradient.site, gradient.ranks});
  if (run.merge) key.push_back({run.merge->models, run.merge->cosine.empty()});
  return key;
}

std::string key_of(const SummaryRun& run) {
  const json key = {key_of_tasks(run.layout), key_of_sites(run.layout), key_of_truth(run.layout),
                    key_of_tests(run), key_of_end(run)};
  return key.dump();
}

void add(const SummaryRun& run, SummarySet& set) {
  set.runs.push_back(&run);
  set.steps = std::max(set.steps, run.steps.size());
  set.evaluations = std::max(set.evaluations, run.evaluations.size());
  for (const SiteRecord& site : run.layout.sites) {
    set.widest.ranks = std::max(set.widest.ranks, site.ranks);
    set.widest.embedding_width = std::max(set.widest.embedding_width, site.embedding_width);
    set.widest.balance_bias |= site.balance_bias;
    set.widest.selection |= site.selection;
  }
}

}  // namespace

std::vector<SummarySet> sets_of(const std::vector<SummaryRun>& runs) {
  std::vector<SummarySet> sets;
  std::map<std::string, std::size_t> found;  // by key
  for (const SummaryRun& run : runs) {
    const auto [place, fresh] = found.emplace(key_of(run), sets.size());
    if (fresh) sets.emplace_back();
    add(run, sets[place->second]);
  }
  return sets;
}

std::vector<std::string> test_columns(const SummaryRun& run) {
  std::vector<std::string> columns;
  for (const PredictionRecord& record : run.final.predictions) {
    for (const auto& [metric, score] : record.scores) {
      columns.push_back(fmt::format("{}/{}/{}", record.task, record.parameters, metric));
    }
  }
  return columns;
}

}  // namespace rankwise

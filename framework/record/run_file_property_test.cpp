// Any run comes back from its file as it was written.
#include "framework/core/json.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Strings = std::vector<std::string>;

std::size_t size_below(int limit) { return static_cast<std::size_t>(*rc::gen::inRange(0, limit)); }

template <class T>
std::vector<T> values(std::size_t count) {
  return *rc::gen::container<std::vector<T>>(count, rc::gen::arbitrary<T>());
}

std::string word() {
  const Strings parts{"a", "B", "0", ".", "-", "_", " ", "ü"};
  std::string word = "n";
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) word += *rc::gen::elementOf(parts);
  return word;
}

Strings distinct_words(std::size_t at_most) {
  std::set<std::string> words;
  for (std::size_t i = 0; i < at_most; ++i) words.insert(word());
  return {words.begin(), words.end()};
}

TruthRecord any_truth(const RunLayout& layout) {
  const auto tasks = layout.tasks.size();
  TruthRecord truth;
  for (const SiteRecord& site : layout.sites) {
    const auto directions = size_below(4);
    SiteTruth known{.rank = {}, .directions = static_cast<std::int64_t>(directions)};
    if (*rc::gen::arbitrary<bool>()) known.rank.assign(tasks, *rc::gen::inRange(0, 5));
    known.left = values<double>(directions * static_cast<std::size_t>(site.out));
    known.right = values<double>(directions * static_cast<std::size_t>(site.in));
    truth.sites.push_back(known);
  }
  truth.group = values<std::int64_t>(tasks);
  if (*rc::gen::arbitrary<bool>()) truth.input_group = values<std::int64_t>(tasks);
  return truth;
}

RunLayout any_layout() {
  RunLayout layout;
  for (const std::string& name : distinct_words(1 + size_below(3))) {
    layout.tasks.push_back(
        {name, word(), "classify", *rc::gen::inRange(1, 9), distinct_words(size_below(3))});
  }
  for (const std::string& name : distinct_words(size_below(4))) {
    SiteRecord site{.name = name, .in = 4, .out = 8, .ranks = *rc::gen::inRange(0, 5)};
    site.coactivation = site.ranks > 0 && *rc::gen::arbitrary<bool>();
    site.balance_bias = site.ranks > 0 && *rc::gen::arbitrary<bool>();
    site.selection = site.ranks > 0 && *rc::gen::arbitrary<bool>();
    site.embedding_width = *rc::gen::inRange(0, 4);
    layout.sites.push_back(site);
  }
  if (*rc::gen::arbitrary<bool>()) layout.truth = any_truth(layout);
  return layout;
}

SiteUsage any_usage(const SiteRecord& site, std::size_t tasks, bool last) {
  const auto ranks = static_cast<std::size_t>(site.ranks);
  SiteUsage usage;
  usage.count = values<std::uint64_t>(tasks * ranks);
  usage.gate_mass = values<double>(tasks * ranks);
  usage.training_count = values<std::uint64_t>(tasks * ranks);
  if (site.coactivation && last) {
    usage.coactivation = values<std::uint64_t>(ranks * ranks);
    usage.half_count = values<std::uint64_t>(tasks * ranks);
  }
  if (site.balance_bias) usage.balance_bias = values<double>(ranks);
  if (site.selection) {
    usage.chosen_rank = values<std::int64_t>(tasks);
    usage.probability = values<double>(tasks * ranks);
  }
  usage.task_embedding = values<double>(tasks * static_cast<std::size_t>(site.embedding_width));
  return usage;
}

std::vector<EvaluationRecord> any_evaluations(const RunLayout& layout) {
  std::vector<EvaluationRecord> records(size_below(4));
  for (EvaluationRecord& record : records) {
    record.step = *rc::gen::arbitrary<std::int64_t>();
    for (const TaskRecord& task : layout.tasks) {
      for (const std::string& metric : task.metrics) {
        record.scores[task.name][metric] = *rc::gen::arbitrary<double>();
      }
    }
    for (const SiteRecord& site : layout.sites) {
      record.usage.push_back(any_usage(site, layout.tasks.size(), &record == &records.back()));
    }
  }
  return records;
}

std::vector<StepRecord> any_steps(const RunLayout& layout) {
  std::vector<StepRecord> records(size_below(50));
  const auto tasks = static_cast<std::int32_t>(layout.tasks.size());
  for (StepRecord& record : records) {
    record = {*rc::gen::arbitrary<std::int64_t>(), *rc::gen::inRange(-1, tasks),
              *rc::gen::arbitrary<double>(),       *rc::gen::arbitrary<double>(),
              *rc::gen::arbitrary<double>(),       *rc::gen::arbitrary<std::int64_t>(),
              *rc::gen::arbitrary<double>()};
  }
  return records;
}

FinalRecord any_final(const RunLayout& layout) {
  FinalRecord record;
  for (const TaskRecord& task : layout.tasks) {
    const std::size_t examples = size_below(20);
    const auto width = 1 + size_below(3);
    record.predictions.push_back({.task = task.name,
                                  .split = "test",
                                  .parameters = "best",
                                  .width = static_cast<std::int64_t>(width),
                                  .prediction = values<double>(examples * width),
                                  .label = values<double>(examples * width),
                                  .correct = values<std::uint8_t>(examples),
                                  .scores = {{"accuracy", *rc::gen::arbitrary<double>()}}});
  }
  const auto tasks = static_cast<std::int32_t>(layout.tasks.size());
  record.sample_tasks = *rc::gen::container<std::vector<std::int32_t>>(
      size_below(10), rc::gen::inRange<std::int32_t>(0, tasks));
  for (const SiteRecord& site : layout.sites) {
    record.sample_embeddings.push_back(
        {site.name, 2, values<float>(record.sample_tasks.size() * 2)});
    record.factors.push_back({.site = site.name,
                              .ranks = site.ranks,
                              .in = 4,
                              .out = 8,
                              .a = values<float>(static_cast<std::size_t>(site.ranks) * 4),
                              .b = values<float>(static_cast<std::size_t>(site.ranks) * 8)});
  }
  record.parameters.total = *rc::gen::arbitrary<std::int64_t>();
  return record;
}

json any_attributes() {
  json attributes = json::object();
  attributes["text"] = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
  attributes["count"] = *rc::gen::arbitrary<std::int64_t>();
  attributes["size"] = *rc::gen::arbitrary<std::uint64_t>();
  attributes["score"] = *rc::gen::arbitrary<double>();
  attributes["flag"] = *rc::gen::arbitrary<bool>();
  attributes["nested"] = {{"list", *rc::gen::arbitrary<std::vector<int>>()}, {"none", nullptr}};
  return attributes;
}

RC_GTEST_PROP(RunFile, RoundTripsAnyRun, ()) {
  const RunLayout layout = any_layout();
  const json attributes = any_attributes();
  const RunHistory history{any_steps(layout), any_evaluations(layout)};
  const FinalRecord record = any_final(layout);
  const fs::path path = test_folder() / "a.h5";
  RunWriter(path, layout, attributes, history).finish(record, {{"seconds", 1.0}});

  const RunFile file(path);
  RC_ASSERT(file.layout() == layout);
  for (const auto& [name, value] : attributes.items()) {
    RC_ASSERT(file.attributes().at(name) == value);
  }
  RC_ASSERT(file.steps() == history.steps);
  RC_ASSERT(file.evaluations() == history.evaluations);
  RC_ASSERT(file.predictions() == record.predictions);
  RC_ASSERT(file.sample_embeddings() == record.sample_embeddings);
  RC_ASSERT(file.sample_tasks() == record.sample_tasks);
  RC_ASSERT(file.factors() == record.factors);
  RC_ASSERT(file.parameters() == record.parameters);
}

}  // namespace
}  // namespace rankwise

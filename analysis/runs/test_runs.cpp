#include "analysis/runs/test_runs.h"

#include "framework/record/run_writer.h"

#include <algorithm>
#include <utility>

namespace rankwise::analysis::test {
namespace {

namespace fs = std::filesystem;

nlohmann::json attributes_of(const RunSpec& spec) {
  nlohmann::json attributes = {
      {"study", "trial"},
      {"label", spec.label},
      {"seed", spec.seed},
      {"order", 0},
      {"protocol_hash", "protocol-a"},
      {"config_hash", "config of " + spec.label + std::to_string(spec.seed)},
      {"backbone", "tiny"},
      {"suite", "planted"},
      {"steps", spec.steps},
      {"tokens_per_second", 1500},
      {"peak_memory_mib", 64.4},
      {"best_rule", "highest average on dev"},
      {"scale_note", "small-scale: 2 tasks"}};
  attributes.update(spec.attributes);
  return attributes;
}

RunLayout layout_of(const RunSpec& spec) {
  return spec.layout.tasks.empty() ? small_layout() : spec.layout;
}

/// A score that rises to `final` over the evaluations.
EvaluationRecord evaluation(const RunSpec& spec, const RunLayout& layout, int number) {
  EvaluationRecord record;
  record.step = spec.steps * number / spec.evaluations;
  for (const TaskRecord& task : layout.tasks) {
    for (const std::string& metric : task.metrics) {
      const auto found = spec.test_scores.find(task.name);
      const double final = found == spec.test_scores.end() ? 0 : found->second;
      record.scores[task.name][metric] = final * number / spec.evaluations;
    }
  }
  const bool other = number == 1 && !spec.first_usage.empty();
  record.usage = other ? spec.first_usage : spec.usage;
  return record;
}

void record_training(RunWriter& writer, const RunSpec& spec, const RunLayout& layout) {
  for (std::int64_t step = 1; step <= spec.steps; ++step) {
    const double loss = 1.0 / static_cast<double>(step);
    writer.step({.step = step, .task = 0, .loss = loss, .learning_rate = 1e-3, .tokens = 10});
  }
  for (int number = 1; number <= spec.evaluations; ++number) {
    writer.evaluation(evaluation(spec, layout, number));
  }
}

/// Two examples, one of them right, unless the predictions are given.
PredictionRecord record_of(const RunSpec& spec, const std::string& task) {
  PredictionRecord record{.task = task, .prediction = {0, 1}, .label = {0, 0}, .correct = {1, 0}};
  const auto given = spec.predictions.find(task);
  if (given == spec.predictions.end()) return record;
  record.prediction = given->second;
  record.label.assign(given->second.size(), 1);
  record.correct.clear();
  for (const double value : given->second) record.correct.push_back(value == 1 ? 1 : 0);
  return record;
}

/// The given test scores as those of the best parameters; the last are 0.1 below, dev the same.
FinalRecord final_record(const RunSpec& spec, const RunLayout& layout) {
  FinalRecord record = spec.final_record;
  if (record.parameters.total == 0) {
    record.parameters = {.total = 1234567, .trainable = 12345, .active = 600, .router = 7};
  }
  for (const TaskRecord& task : layout.tasks) {
    const auto found = spec.test_scores.find(task.name);
    if (found == spec.test_scores.end()) continue;
    for (const char* split : {"dev", "test"}) {
      for (const auto& [parameters, less] : {std::pair{"best", 0.0}, {"last", 0.1}}) {
        PredictionRecord prediction = record_of(spec, task.name);
        prediction.split = split;
        prediction.parameters = parameters;
        for (const std::string& metric : task.metrics) {
          prediction.scores[metric] = found->second - less;
        }
        record.predictions.push_back(prediction);
      }
    }
  }
  return record;
}

}  // namespace

std::vector<double> first_right(int right) {
  std::vector<double> values(200, 0);
  std::fill_n(values.begin(), right, 1);
  return values;
}

RunLayout small_layout() {
  return {.tasks = {{.name = "cola",
                     .family = "grammar",
                     .kind = "classify",
                     .classes = 2,
                     .metrics = {"matthews", "accuracy"}},
                    {.name = "sst2",
                     .family = "sentiment",
                     .kind = "classify",
                     .classes = 2,
                     .metrics = {"accuracy"}}},
          .sites = {}};
}

fs::path write_run(const fs::path& folder, const std::string& name, const RunSpec& spec) {
  const RunLayout layout = layout_of(spec);
  fs::path path = folder / (name + ".h5");
  RunWriter writer(path, layout, attributes_of(spec));
  record_training(writer, spec, layout);
  writer.finish(final_record(spec, layout), nlohmann::json::object(),
                spec.merge ? &*spec.merge : nullptr);
  return path;
}

void write_failed_run(const fs::path& folder, const std::string& name, const RunSpec& spec,
                      const std::string& message) {
  RunWriter writer(folder / (name + ".h5"), layout_of(spec), attributes_of(spec));
  writer.fail(message);
}

void write_running_run(const fs::path& folder, const std::string& name, const RunSpec& spec) {
  RunWriter writer(folder / (name + ".h5"), layout_of(spec), attributes_of(spec));
  writer.step({.step = 1, .loss = 1});
  writer.flush();
}

}  // namespace rankwise::analysis::test

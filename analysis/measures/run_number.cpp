#include "analysis/measures/run_number.h"

#include "analysis/measures/planted_measures.h"
#include "analysis/runs/option_words.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/task_scores.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rankwise::analysis {
namespace {

bool is_measure(const std::string& name) {
  const auto& all = planted_measures();
  return std::any_of(all.begin(), all.end(),
                     [&](const Measure& measure) { return measure.name == name; });
}

std::optional<double> task_score(const RunFile& file, const TaskRecord& task,
                                 const NumberChoice& choice) {
  if (task.metrics.empty()) return std::nullopt;
  const auto scores = file.final_scores({task.name, choice.split, choice.parameters});
  const auto found = scores.find(task.metrics.front());
  if (found == scores.end()) return std::nullopt;
  return found->second;
}

/// With the factor at which tables print it.
ScoreName drawn(ScoreName score) {
  if (!score.higher_is_better.value_or(false)) return score;
  score.factor = 100;
  score.text += " × 100";
  return score;
}

ScoreName average_name(const std::vector<TaskRecord>& tasks, const NumberChoice& choice) {
  std::set<std::string> names;
  std::set<bool> directions;
  for (const TaskRecord& task : tasks) {
    if (task.metrics.empty()) continue;
    names.insert(task.metrics.front());
    directions.insert(higher_is_better(task.metrics.front()));
  }
  check(directions.size() == 1,
        "the tasks' metrics have no average: some rise and some fall; choose a task instead, such "
        "as --set measure={}",
        tasks.empty() ? "" : tasks.front().name);
  const bool higher = *directions.begin();
  const std::string what = names.size() == 1 ? *names.begin() : "score";
  return drawn({fmt::format("mean {} {}", choice.split, metric_in_words(what)), higher});
}

}  // namespace

std::string score_heading(const ScoreName& score, bool several_seeds, const std::string& bars) {
  const std::string direction = !score.higher_is_better   ? ""
                                : *score.higher_is_better ? "; higher is better"
                                                          : "; lower is better";
  return (several_seeds ? "Mean over seeds, bar: " + bars : "One seed") + direction;
}

ScoreName score_name(const RunSet& runs, const NumberChoice& choice) {
  const RunFile& file = runs.groups.front().runs.front().file();
  const auto& tasks = file.layout().tasks;
  if (choice.measure == kAverage) return average_name(tasks, choice);
  std::vector<std::string> names = {kAverage};
  for (const TaskRecord& task : tasks) {
    if (task.name == choice.measure && !task.metrics.empty()) {
      const std::string& metric = task.metrics.front();
      return drawn({fmt::format("{} {} of {}", choice.split, metric_in_words(metric), task.name),
                    higher_is_better(metric)});
    }
    names.push_back(task.name);
  }
  if (is_measure(choice.measure)) return {find_measure(choice.measure).heading, std::nullopt};
  for (const Measure& measure : planted_measures()) names.push_back(measure.name);
  fail_unknown("measure", "measures", choice.measure, names);
}

std::vector<double> task_scores(const RunFile& file, const NumberChoice& choice) {
  std::vector<double> scores;
  for (const TaskRecord& task : file.layout().tasks) {
    if (const auto score = task_score(file, task, choice)) scores.push_back(*score);
  }
  return scores;
}

std::optional<double> run_score(const RunFile& file, const NumberChoice& choice) {
  const auto& tasks = file.layout().tasks;
  if (choice.measure == kAverage) {
    const std::vector<double> scores = task_scores(file, choice);
    if (scores.empty() || scores.size() < tasks.size()) return std::nullopt;
    return mean_std(scores).mean;
  }
  for (const TaskRecord& task : tasks) {
    if (task.name == choice.measure) return task_score(file, task, choice);
  }
  const MeasureValues values = measure_run(file);
  const auto found = values.find(choice.measure);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

}  // namespace rankwise::analysis

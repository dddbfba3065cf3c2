#include "analysis/report/lint.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/metrics.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

/// Rows of a class on test below which one example moves a macro-F1 by more than other examples do.
constexpr std::size_t kFewRows = 20;

/// The answer that is right most often, or for real targets their mean.
double constant_answer(const PredictionRecord& record, const TaskRecord& task) {
  if (task.classes < 2) return mean_std(record.label).mean;
  std::map<double, std::size_t> counts;
  for (const double label : record.label) ++counts[label];
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// Score of the constant answer; an error measure is relative to the unadapted model, which has 1.
double guessing(const PredictionRecord& record, const TaskRecord& task, const Metric& metric) {
  if (!metric.higher_is_better) return 1;
  const std::vector<double> answers(record.label.size(), constant_answer(record, task));
  const bool of_candidates = metric.targets == Targets::kCandidates;
  const Metric& compared = of_candidates ? metrics().find("accuracy") : metric;
  return compared.score({record.width, answers, record.label, {}});
}

/// A task and its first metric; a study and what it says of them.
using TaskMetricName = std::pair<std::string, std::string>;
using Place = std::pair<std::string, TaskMetricName>;

/// Of one label on one task: its scores on test with the best parameters, and those of guessing.
struct Against {
  std::vector<double> scores, guesses;
};

/// Calls visit(record, task, metric) for each prediction of test with the best parameters that a
/// known metric scores; no text is the usual one, so those are left out.
template <class Visit>
void for_each_scored(const RunFile& file, const Visit& visit) {
  for (const PredictionRecord& record : file.predictions()) {
    if (record.split != "test" || record.parameters != "best" || record.label.empty()) continue;
    for (const TaskRecord& task : file.layout().tasks) {
      if (task.name != record.task || task.metrics.empty()) continue;
      const std::string& name = task.metrics.front();
      if (!record.scores.contains(name) || !metrics().contains(name)) continue;
      const Metric& metric = metrics().find(name);
      if (metric.targets == Targets::kTexts || metric.targets == Targets::kGenerated) continue;
      visit(record, task, metric);
    }
  }
}

std::map<TaskMetricName, Against> scores_of(const RunGroup& group) {
  std::map<TaskMetricName, Against> by_task;
  for (const Run& run : group.runs) {
    for_each_scored(run.file(), [&](const PredictionRecord& record, const TaskRecord& task,
                                    const Metric& metric) {
      const std::string& name = task.metrics.front();
      Against& against = by_task[{task.name, name}];
      against.scores.push_back(record.scores.at(name));
      against.guesses.push_back(guessing(record, task, metric));
    });
  }
  return by_task;
}

/// A label and its score, where that is no better than guessing.
struct AtChance {
  std::vector<std::string> labels;  // "lora 0.500"
  double guess = 0;
};

void check_chance(const std::vector<RunGroup>& groups, LintReport& report) {
  std::map<Place, AtChance> found;
  for (const RunGroup& group : groups) {
    for (const auto& [task, against] : scores_of(group)) {
      const double score = mean_std(against.scores).mean;
      const double guess = mean_std(against.guesses).mean;
      ++report.checked["chance levels"];
      const bool rises = metrics().find(task.second).higher_is_better;
      if (rises ? score > guess : score < guess) continue;
      AtChance& of_task = found[{group.runs.front().study, task}];
      of_task.labels.push_back(fmt::format("{} {:.3f}", group.label, score));
      of_task.guess = guess;
    }
  }
  for (const auto& [place, at_chance] : found) {
    const auto& [task, metric] = place.second;
    report.remark(fmt::format("{}: {}", place.first, task),
                  fmt::format("{} is no better than {} ({:.3f}): {}", metric,
                              metrics().find(metric).higher_is_better ? "one answer to everything"
                                                                      : "the unadapted model",
                              at_chance.guess, fmt::join(at_chance.labels, ", ")));
  }
}

std::map<double, std::size_t> rows_of_classes(const PredictionRecord& record) {
  std::map<double, std::size_t> rows;
  for (const double label : record.label) ++rows[label];
  return rows;
}

/// Test rows are the same in all runs of a study but for the seeds of subsets: the fewest count.
void check_classes(const std::vector<RunGroup>& groups, LintReport& report) {
  std::map<Place, std::vector<std::size_t>> found;  // rows of the classes that have few
  for (const RunGroup& group : groups) {
    for (const Run& run : group.runs) {
      for_each_scored(run.file(),
                      [&](const PredictionRecord& record, const TaskRecord& task, const Metric&) {
                        if (task.metrics.front() != "macro_f1") return;
                        ++report.checked["classes under macro-F1"];
                        std::vector<std::size_t> few;
                        for (const auto& [label, rows] : rows_of_classes(record)) {
                          if (rows < kFewRows) few.push_back(rows);
                        }
                        std::sort(few.begin(), few.end());
                        auto& most = found[{run.study, {task.name, task.metrics.front()}}];
                        if (few.size() > most.size()) most = few;
                      });
    }
  }
  for (const auto& [place, few] : found) {
    if (few.empty()) continue;
    report.remark(
        fmt::format("{}: {}", place.first, place.second.first),
        fmt::format(
            "macro_f1 counts classes of {} test rows as much as the others: with fewer than "
            "{} one example decides; let accuracy lead (first_metrics in the study file), or "
            "take more test rows",
            fmt::join(few, ", "), kFewRows));
  }
}

}  // namespace

LintReport lint_scores(const std::vector<RunGroup>& groups) {
  LintReport report;
  check_chance(groups, report);
  check_classes(groups, report);
  return report;
}

}  // namespace rankwise::analysis

#include "analysis/runs/run_scores.h"

#include "analysis/runs/task_scores.h"
#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/core/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace rankwise::analysis {
namespace {

/// Adds the tasks that no earlier run had.
void add_columns(const RunFile& file, std::vector<TaskColumn>& columns) {
  for (const TaskRecord& task : file.layout().tasks) {
    if (task.metrics.empty()) continue;
    const bool known = std::any_of(columns.begin(), columns.end(), [&](const TaskColumn& column) {
      return column.task == task.name;
    });
    const std::string& metric = task.metrics.front();
    if (!known) columns.push_back({task.name, metric, higher_is_better(metric)});
  }
}

std::vector<TaskColumn> columns_of(const std::vector<std::string>& names) {
  std::vector<TaskColumn> columns;
  for (const std::string& name : names) {
    const TaskMetric found = task_metric(name);
    columns.push_back({found.task, found.metric, higher_is_better(found.metric), false});
  }
  return columns;
}

void add_scores(const RunFile& file, const TaskColumn& column, const ScoreChoice& choice,
                RunScores& scores) {
  const auto score = score_of(file, {column.task, column.metric}, choice.split, choice.parameters);
  if (score) (column.first ? scores.by_task : scores.by_metric)[column.name()] = score->value;
}

[[noreturn]] void fail_without_scores(const RunFile& file, const ScoreChoice& choice) {
  std::set<std::string> recorded;
  for (const PredictionRecord& record : file.predictions()) {
    recorded.insert(record.split + "/" + record.parameters);
  }
  fail("no run has scores of the {} split with the {} parameters; {} has {}", choice.split,
       choice.parameters, file.path().string(),
       recorded.empty() ? "none" : fmt::format("{}", fmt::join(recorded, ", ")));
}

/// Each of the choice's metrics is there somewhere.
void check_metrics(const ScoredRuns& scored) {
  for (const TaskColumn& column : scored.metrics) {
    std::set<std::string> known;
    bool any = false;
    for (const ScoredGroup& group : scored.groups) {
      for (const RunScores& run : group.runs) {
        any = any || run.by_metric.contains(column.name());
        const auto of_task = run.run->file().final_scores(
            {column.task, scored.choice.split, scored.choice.parameters});
        for (const auto& [metric, score] : of_task) known.insert(column.task + "/" + metric);
      }
    }
    const bool of_programs = metrics().contains(column.metric) &&
                             metrics().find(column.metric).targets == Targets::kPrograms;
    check(any, "no run has the score {} on {} with the {} parameters; of this task there are: {}{}",
          column.name(), scored.choice.split, scored.choice.parameters,
          known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")),
          of_programs ? "; rankwise execute runs generated programs" : "");
  }
}

/// A row for each group: the runs for which `score` gives one.
template <class Score>
std::vector<CellRuns> rows_of(const ScoredRuns& scored, const Score& score) {
  std::vector<CellRuns> rows;
  for (const ScoredGroup& group : scored.groups) {
    CellRuns& row = rows.emplace_back();
    for (const RunScores& run : group.runs) {
      const std::optional<double> value = score(run);
      if (value) row.push_back({run.run, *value});
    }
  }
  return rows;
}

}  // namespace

std::vector<std::string> metrics_for(const std::string& score) {
  return names_metric(score) ? std::vector{score} : std::vector<std::string>();
}

std::string TaskColumn::heading() const { return name() + (higher_is_better ? "" : " ↓"); }

bool has_average(const std::vector<TaskColumn>& tasks) {
  return std::all_of(tasks.begin(), tasks.end(), [&](const TaskColumn& task) {
    return !task.first || task.higher_is_better == tasks.front().higher_is_better;
  });
}

std::optional<double> ScoredRuns::average(const RunScores& run) const {
  if (!has_average(tasks) || run.by_task.size() < tasks.size()) return std::nullopt;
  double sum = 0;
  for (const auto& [task, score] : run.by_task) sum += score;
  return sum / static_cast<double>(tasks.size());
}

std::vector<TaskColumn> ScoredRuns::columns() const {
  std::vector<TaskColumn> all = tasks;
  all.insert(all.end(), metrics.begin(), metrics.end());
  return all;
}

ScoredRuns read_scores(const RunSet& set, const ScoreChoice& choice) {
  ScoredRuns scored{
      .choice = choice, .tasks = {}, .metrics = columns_of(choice.metrics), .groups = {}};
  bool any = false;
  for (const RunGroup& group : set.groups) {
    ScoredGroup& to = scored.groups.emplace_back(ScoredGroup{group.label, {}});
    for (const Run& run : group.runs) {
      const RunFile& file = run.file();
      add_columns(file, scored.tasks);
      RunScores& scores = to.runs.emplace_back(RunScores{&run, {}, {}, file.parameters()});
      for (const TaskColumn& column : scored.columns()) add_scores(file, column, choice, scores);
      any = any || !scores.by_task.empty();
    }
  }
  check(!scored.tasks.empty(), "the runs have no tasks with a metric");
  if (!any) fail_without_scores(set.groups.front().runs.front().file(), choice);
  check_metrics(scored);
  return scored;
}

std::vector<double> scores_of(const CellRuns& cell) {
  std::vector<double> scores;
  scores.reserve(cell.size());
  for (const ScoredRun& run : cell) scores.push_back(run.score);
  return scores;
}

std::vector<ScoreColumn> score_columns(const ScoredRuns& scored) {
  std::vector<ScoreColumn> columns;
  const auto add_column = [&](const TaskColumn& task) {
    const auto of_task = [&](const RunScores& run) -> std::optional<double> {
      const auto& scores = task.first ? run.by_task : run.by_metric;
      const auto found = scores.find(task.name());
      if (found == scores.end()) return std::nullopt;
      return found->second;
    };
    columns.push_back({task.heading(), {task}, rows_of(scored, of_task)});
  };
  for (const TaskColumn& task : scored.tasks) add_column(task);
  if (has_average(scored.tasks)) {
    const auto average = [&](const RunScores& run) { return scored.average(run); };
    const TaskColumn heading{kAverage, "", scored.tasks.front().higher_is_better};
    columns.push_back({heading.heading(), scored.tasks, rows_of(scored, average)});
  }
  for (const TaskColumn& metric : scored.metrics) add_column(metric);
  return columns;
}

const ScoreColumn& find_column(const std::vector<ScoreColumn>& columns, const std::string& name) {
  std::vector<std::string> names;
  for (const ScoreColumn& column : columns) {
    names.push_back(column.heading.substr(0, column.heading.find(" ↓")));
    if (names.back() == name) return column;
  }
  fail_unknown("score", "scores", name, names);
}

}  // namespace rankwise::analysis

#include "analysis/runs/run_scores.h"

#include "analysis/runs/task_scores.h"
#include "framework/core/error.h"

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

void add_scores(const RunFile& file, const TaskColumn& column, const ScoreChoice& choice,
                RunScores& scores) {
  const auto of_task = file.final_scores({column.task, choice.split, choice.parameters});
  const auto found = of_task.find(column.metric);
  if (found != of_task.end()) scores.by_task[column.task] = column.factor() * found->second;
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

std::string TaskColumn::heading() const { return task + (higher_is_better ? "" : " ↓"); }

bool has_average(const std::vector<TaskColumn>& tasks) {
  return std::all_of(tasks.begin(), tasks.end(), [&](const TaskColumn& task) {
    return task.higher_is_better == tasks.front().higher_is_better;
  });
}

std::optional<double> ScoredRuns::average(const RunScores& run) const {
  if (!has_average(tasks) || run.by_task.size() < tasks.size()) return std::nullopt;
  double sum = 0;
  for (const auto& [task, score] : run.by_task) sum += score;
  return sum / static_cast<double>(tasks.size());
}

ScoredRuns read_scores(const RunSet& set, const ScoreChoice& choice) {
  ScoredRuns scored{.choice = choice, .tasks = {}, .groups = {}};
  bool any = false;
  for (const RunGroup& group : set.groups) {
    ScoredGroup& to = scored.groups.emplace_back(ScoredGroup{group.label, {}});
    for (const Run& run : group.runs) {
      const RunFile& file = run.file();
      add_columns(file, scored.tasks);
      RunScores& scores = to.runs.emplace_back(RunScores{&run, {}, file.parameters()});
      for (const TaskColumn& column : scored.tasks) add_scores(file, column, choice, scores);
      any = any || !scores.by_task.empty();
    }
  }
  check(!scored.tasks.empty(), "the runs have no tasks with a metric");
  if (!any) fail_without_scores(set.groups.front().runs.front().file(), choice);
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
  for (const TaskColumn& task : scored.tasks) {
    const auto of_task = [&](const RunScores& run) -> std::optional<double> {
      const auto found = run.by_task.find(task.task);
      if (found == run.by_task.end()) return std::nullopt;
      return found->second;
    };
    columns.push_back({task.heading(), {task}, rows_of(scored, of_task)});
  }
  if (has_average(scored.tasks)) {
    const auto average = [&](const RunScores& run) { return scored.average(run); };
    const TaskColumn heading{kAverage, "", scored.tasks.front().higher_is_better};
    columns.push_back({heading.heading(), scored.tasks, rows_of(scored, average)});
  }
  return columns;
}

const ScoreColumn& find_column(const std::vector<ScoreColumn>& columns, const std::string& name) {
  std::vector<std::string> names;
  for (const ScoreColumn& column : columns) {
    names.push_back(column.heading.substr(0, column.heading.find(" ↓")));
    if (names.back() == name) return column;
  }
  fail("unknown score '{}'; the scores are {}", name, fmt::join(names, ", "));
}

}  // namespace rankwise::analysis

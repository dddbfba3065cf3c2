/// The scores that a table prints: each task's first metric, run by run.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/constraint.h"
#include "framework/record/run_reader.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// The name of the score over all tasks.
inline constexpr const char* kAverage = "average";

/// Which of the recorded predictions were scored.
struct ScoreChoice {
  std::string split = "test";
  std::string parameters = "best";
  std::vector<std::string> metrics = {};  // scores beside the tasks' first: "code/pass_at_1"

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("split", self.split, "examples that were scored", one_of({"dev", "test"}));
    field("parameters", self.parameters, "of the best evaluation or the last step",
          one_of({"best", "last"}));
  }
};

/// The metrics to read for a score by that name: itself where it is "task/metric", else none.
std::vector<std::string> metrics_for(const std::string& score);

/// One task and one of its metrics, as printed: "matthews × 100", or an error as it is.
struct TaskColumn {
  std::string task;
  std::string metric;
  bool higher_is_better = true;
  bool first = true;  // the task's first metric, which enters averages

  double factor() const { return higher_is_better ? 100 : 1; }
  int digits() const { return higher_is_better ? 1 : 3; }
  /// "cola", or of another than the first metric "cola/accuracy".
  std::string name() const { return first ? task : task + "/" + metric; }
  /// Its name, or "planted0 ↓" where lower is better.
  std::string heading() const;
};

/// Measures of one direction can be averaged; accuracies and errors cannot.
bool has_average(const std::vector<TaskColumn>& tasks);

/// What one run has of it.
struct RunScores {
  const Run* run = nullptr;
  std::map<std::string, double> by_task;    // times the column's factor
  std::map<std::string, double> by_metric;  // the same of the choice's metrics, by name
  ParameterCounts parameters = {};
};

struct ScoredGroup {
  std::string label;
  std::vector<RunScores> runs;  // in the group's order
};

/// The scores of a RunSet, which must outlive them.
struct ScoredRuns {
  ScoreChoice choice;
  std::vector<TaskColumn> tasks;
  std::vector<TaskColumn> metrics;  // of the choice, in no average
  std::vector<ScoredGroup> groups;  // as in the set

  /// Both, for footers.
  std::vector<TaskColumn> columns() const;

  /// Over tasks; nothing where the run has not all of them or there is no average.
  std::optional<double> average(const RunScores& run) const;
};

/// Throws Error when no run has such scores, or none has one of the metrics; the message names
/// those that there are.
ScoredRuns read_scores(const RunSet& set, const ScoreChoice& choice);

/// The seeds behind one cell.
struct ScoredRun {
  const Run* run = nullptr;
  double score = 0;  // as printed
};
using CellRuns = std::vector<ScoredRun>;

std::vector<double> scores_of(const CellRuns& cell);

/// A column whose cells can be compared: one task's score, or the average over tasks.
struct ScoreColumn {
  std::string heading;
  std::vector<TaskColumn> tasks;  // that the score is the mean of; all of one direction
  std::vector<CellRuns> rows;

  bool higher_is_better() const { return tasks.front().higher_is_better; }
  double factor() const { return tasks.front().factor(); }
  int digits() const { return tasks.front().digits(); }
};

/// A column for each task, the average where there is one, then one for each of the choice's
/// metrics; a row for each group.
std::vector<ScoreColumn> score_columns(const ScoredRuns& scored);

/// The column of that name, "average" or a task's. Throws Error that lists the names.
const ScoreColumn& find_column(const std::vector<ScoreColumn>& columns, const std::string& name);

}  // namespace rankwise::analysis

#include "analysis/scores_table.h"

#include "analysis/run_footers.h"
#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/io/run_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace rankwise {
namespace {

/// One task's column: its first metric.
struct Column {
  std::string task;
  std::string metric;
  bool higher_is_better = true;

  /// As printed: "matthews × 100", or the error itself.
  double factor() const { return higher_is_better ? 100 : 1; }
  int digits() const { return higher_is_better ? 1 : 3; }
};

/// What the table takes from one run.
struct RunScores {
  std::map<std::string, double> by_task;  // times the column's factor
  ParameterCounts parameters;
};

bool higher_is_better(const std::string& metric) {
  return !metrics().contains(metric) || metrics().find(metric).higher_is_better;
}

/// Adds the tasks that no earlier run had.
void add_columns(const RunFile& file, std::vector<Column>& columns) {
  for (const TaskRecord& task : file.layout().tasks) {
    if (task.metrics.empty()) continue;
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&](const Column& column) { return column.task == task.name; });
    const std::string& metric = task.metrics.front();
    if (!known) columns.push_back({task.name, metric, higher_is_better(metric)});
  }
}

RunScores read_scores(const RunFile& file, const std::vector<Column>& columns,
                      const ScoresOptions& options) {
  RunScores scores{{}, file.parameters()};
  for (const PredictionRecord& record : file.predictions()) {
    if (record.split != options.split || record.parameters != options.parameters) continue;
    for (const Column& column : columns) {
      const auto found = record.scores.find(column.metric);
      if (column.task != record.task || found == record.scores.end()) continue;
      scores.by_task[column.task] = column.factor() * found->second;
    }
  }
  return scores;
}

std::string grouped(double value) {  // 1234567 -> "1,234,567"
  std::string digits = fmt::format("{:.0f}", value);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(digits.begin() + i, ',');
  }
  return digits;
}

/// A number that seeds usually share: no spread where they do.
Cell count_cell(const std::vector<double>& values) {
  const bool same = std::equal(values.begin() + 1, values.end(), values.begin());
  if (same) return {grouped(values.front()), MeanStd{values.size(), values.front(), 0}};
  return mean_cell(mean_std(values), grouped);
}

/// Measures of one direction can be averaged; accuracies and errors can not.
bool has_average(const std::vector<Column>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const Column& column) {
    return column.higher_is_better == columns.front().higher_is_better;
  });
}

/// Over tasks, of each run that has them all.
std::vector<double> averages(const std::vector<RunScores>& runs, std::size_t tasks) {
  std::vector<double> values;
  for (const RunScores& run : runs) {
    if (run.by_task.size() < tasks) continue;
    double sum = 0;
    for (const auto& [task, score] : run.by_task) sum += score;
    values.push_back(sum / static_cast<double>(tasks));
  }
  return values;
}

std::vector<std::string> header(const std::vector<Column>& columns) {
  std::vector<std::string> names = {"method"};
  const auto arrow = [](const Column& column) { return column.higher_is_better ? "" : " ↓"; };
  for (const Column& column : columns) names.push_back(column.task + arrow(column));
  if (has_average(columns)) names.push_back(std::string("average") + arrow(columns.front()));
  for (const char* name : {"trainable", "active", "router", "tokens/s"}) names.emplace_back(name);
  return names;
}

std::vector<Cell> row(const RunGroup& group, const std::vector<RunScores>& runs,
                      const std::vector<Column>& columns) {
  std::vector<Cell> cells = {{group.label, {}}};
  for (const Column& column : columns) {
    std::vector<double> values;
    for (const RunScores& run : runs) {
      const auto found = run.by_task.find(column.task);
      if (found != run.by_task.end()) values.push_back(found->second);
    }
    cells.push_back(mean_cell(mean_std(values), column.digits()));
  }
  if (has_average(columns)) {
    cells.push_back(mean_cell(mean_std(averages(runs, columns.size())), columns.front().digits()));
  }
  for (const auto role :
       {&ParameterCounts::trainable, &ParameterCounts::active, &ParameterCounts::router}) {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const RunScores& run : runs) values.push_back(static_cast<double>(run.parameters.*role));
    cells.push_back(count_cell(values));
  }
  std::vector<double> speeds;
  for (const Run& run : group.runs) {
    const auto found = run.attributes.find("tokens_per_second");
    if (found != run.attributes.end() && found->is_number()) speeds.push_back(found->get<double>());
  }
  cells.push_back(mean_cell(mean_std(speeds), grouped));
  return cells;
}

std::string metrics_footer(const std::vector<Column>& columns) {
  std::vector<std::string> parts;
  parts.reserve(columns.size());
  for (const Column& column : columns) {
    parts.push_back(fmt::format("{} {}{}", column.task, column.metric,
                                column.higher_is_better ? " × 100" : " (lower is better)"));
  }
  const std::string average =
      has_average(columns) ? "" : " No average: some measures rise and some fall.";
  return fmt::format("Metrics: {}.{}", fmt::join(parts, "; "), average);
}

std::vector<std::string> footers(const RunSet& set, const std::vector<Column>& columns,
                                 const ScoresOptions& options) {
  std::vector<std::string> lines = {seeds_footer(set), metrics_footer(columns)};
  const std::string rule = options.parameters == "best"
                               ? fmt::format("best ({})", values_of(set, "best_rule"))
                               : "of the last step";
  lines.push_back(fmt::format("Split: {}; parameters: {}.", options.split, rule));
  lines.push_back(setting_footer(set));
  for (std::string& line : protocol_footers(set)) lines.push_back(std::move(line));
  lines.emplace_back(
      "trainable, active, router: parameters; active are those that one token uses.");
  for (std::string& line : unfinished_footers(set)) lines.push_back(std::move(line));
  return lines;
}

[[noreturn]] void fail_without_scores(const RunFile& file, const ScoresOptions& options) {
  std::set<std::string> recorded;
  for (const PredictionRecord& record : file.predictions()) {
    recorded.insert(record.split + "/" + record.parameters);
  }
  fail("no run has scores of the {} split with the {} parameters; {} has {}", options.split,
       options.parameters, file.path().string(),
       recorded.empty() ? "none" : fmt::format("{}", fmt::join(recorded, ", ")));
}

}  // namespace

Table scores_table(const RunSet& set, const ScoresOptions& options) {
  if (!options.allow_mixed) check_one_protocol(set);
  std::vector<Column> columns;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) add_columns(RunFile(run.path), columns);
  }
  check(!columns.empty(), "the runs have no tasks with a metric");
  Table table;
  table.header = header(columns);
  bool any = false;
  for (const RunGroup& group : set.groups) {
    std::vector<RunScores> scores;
    for (const Run& run : group.runs) {
      scores.push_back(read_scores(RunFile(run.path), columns, options));
      any = any || !scores.back().by_task.empty();
    }
    table.rows.push_back(row(group, scores, columns));
    mark_other_protocol(set, group, table.rows.back());
  }
  if (!any) fail_without_scores(RunFile(set.groups.front().runs.front().path), options);
  table.footers = footers(set, columns, options);
  return table;
}

}  // namespace rankwise

#include "analysis/tables/grid.h"

#include "analysis/compare/best_rows.h"
#include "analysis/runs/axis.h"
#include "analysis/runs/config_difference.h"
#include "analysis/runs/run_footers.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rankwise::analysis {
namespace {

/// "8" of options.rank is "rank = 8"; a word needs no name.
std::string heading(const std::string& axis, const std::string& value) {
  const bool number = value.find_first_not_of("0123456789.eE+-") == std::string::npos;
  const bool word = !number && value != "true" && value != "false";
  return word ? value : fmt::format("{} = {}", option_name(axis), value);
}

std::vector<const Run*> runs_of(const CellRuns& cell) {
  std::vector<const Run*> runs;
  for (const ScoredRun& run : cell) runs.push_back(run.run);
  return runs;
}

/// The runs of `score` with these values on the axes.
CellRuns cell_of(const ScoreColumn& score, const GridOptions& options, const std::string& row,
                 const std::string& column) {
  CellRuns cell;
  for (const CellRuns& group : score.rows) {
    for (const ScoredRun& run : group) {
      if (axis_value(*run.run, options.rows) != row) continue;
      if (axis_value(*run.run, options.columns) == column) cell.push_back(run);
    }
  }
  check_one_run_a_seed(runs_of(cell),
                       fmt::format("{} = {}, {} = {}", options.rows, row, options.columns, column));
  std::stable_sort(cell.begin(), cell.end(), [](const ScoredRun& a, const ScoredRun& b) {
    return a.run->seed < b.run->seed;
  });
  return cell;
}

std::vector<const Run*> runs_of(const ScoreColumn& column) {
  std::vector<const Run*> runs;
  for (const CellRuns& cell : column.rows) {
    for (const Run* run : runs_of(cell)) runs.push_back(run);
  }
  return runs;
}

/// Whether the cell was measured otherwise than the column's first one.
bool of_other_protocol(const ScoreColumn& column, const CellRuns& cell) {
  const std::string& first = runs_of(column).front()->protocol_hash;
  return std::any_of(cell.begin(), cell.end(),
                     [&](const ScoredRun& run) { return run.run->protocol_hash != first; });
}

Cell printed(const ScoreColumn& column, const CellRuns& cell) {
  Cell result = mean_cell(mean_std(scores_of(cell)), column.digits());
  if (!cell.empty() && of_other_protocol(column, cell)) result.text += kDagger;
  return result;
}

/// "Protocol: abc." or "Protocols: rank = 8: abc; rank = 16: def."
std::string protocols_footer(const std::vector<ScoreColumn>& columns) {
  std::set<std::string> hashes;
  std::string by_column;
  bool marked = false;
  for (const ScoreColumn& column : columns) {
    if (runs_of(column).empty()) continue;
    const std::string hash = short_hash(runs_of(column).front()->protocol_hash);
    hashes.insert(hash);
    by_column += fmt::format("{}{}: {}", by_column.empty() ? "" : "; ", column.heading, hash);
    for (const CellRuns& cell : column.rows) marked = marked || of_other_protocol(column, cell);
  }
  const std::string text = hashes.size() == 1 ? fmt::format("Protocol: {}.", *hashes.begin())
                                              : fmt::format("Protocols: {}.", by_column);
  return text +
         (marked ? fmt::format(" {}: another one, not comparable in its column.", kDagger) : "");
}

std::vector<ScoreColumn> grid_columns(const RunSet& set, const ScoreColumn& score,
                                      const GridOptions& options) {
  std::vector<ScoreColumn> columns;
  for (const std::string& value : axis_values(set, options.columns)) {
    ScoreColumn& column = columns.emplace_back();
    column.heading = heading(options.columns, value);
    column.tasks = score.tasks;
    for (const std::string& row : axis_values(set, options.rows)) {
      column.rows.push_back(cell_of(score, options, row, value));
    }
    if (!options.allow_mixed) check_one_protocol(runs_of(column));
  }
  return columns;
}

void add_rows(const RunSet& set, const std::vector<ScoreColumn>& columns,
              const GridOptions& options, Table& table) {
  for (const std::string& row : axis_values(set, options.rows)) {
    table.rows.push_back({{row, {}}});
    for (const ScoreColumn& column : columns) {
      table.rows.back().push_back(printed(column, column.rows[table.rows.size() - 1]));
    }
  }
}

}  // namespace

Table grid_table(const RunSet& runs, const GridOptions& options) {
  check(options.rows != options.columns, "rows and columns are both '{}'; choose two axes",
        options.rows);
  const RunSet set = keep_where(runs, options.where);
  const ScoredRuns scored = read_scores(set, options.choice());
  const auto scores = score_columns(scored);
  const ScoreColumn& score = find_column(scores, options.score);
  const auto columns = grid_columns(set, score, options);
  Table table;
  table.caption = fmt::format("{} by {} and {}", score.heading, options.rows, options.columns);
  table.header = {options.rows == "label" ? "method" : options.rows};
  for (const ScoreColumn& column : columns) table.header.push_back(column.heading);
  add_rows(set, columns, options, table);
  table.footers = {seeds_footer(set), mark_best(columns, scored.choice, table)};
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.footers.push_back(protocols_footer(columns));
  table.add_footers(scale_footers(set));
  table.add_footers(row_footers(set));
  std::erase(table.footers, "");
  return table;
}

namespace {

const RegisterTable grid_registration("grid", "one score over two axes of the config", grid_table);

}  // namespace

}  // namespace rankwise::analysis

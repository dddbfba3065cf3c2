#include "analysis/tables/scores.h"

#include "analysis/compare/best_rows.h"
#include "analysis/runs/axis.h"
#include "analysis/runs/run_footers.h"
#include "analysis/tables/table_kind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace rankwise::analysis {
namespace {

/// Columns behind the scores.
constexpr std::array<const char*, 6> kResources{"total",  "trainable", "active",
                                                "router", "tokens/s",  "MiB"};

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

/// A number of the run file's attributes, of the runs that have it.
Cell attribute_cell(const ScoredGroup& group, const char* attribute) {
  std::vector<double> values;
  for (const RunScores& scores : group.runs) {
    const auto found = scores.run->attributes.find(attribute);
    if (found != scores.run->attributes.end() && found->is_number()) {
      values.push_back(found->get<double>());
    }
  }
  return mean_cell(mean_std(values), grouped);
}

std::vector<std::string> header(const std::vector<ScoreColumn>& columns, const std::string& rows) {
  std::vector<std::string> names = {rows == "label" ? "method" : rows};
  for (const ScoreColumn& column : columns) names.push_back(column.heading);
  names.insert(names.end(), kResources.begin(), kResources.end());
  return names;
}

std::vector<Cell> resource_cells(const ScoredGroup& group) {
  std::vector<Cell> cells;
  for (const auto role : {&ParameterCounts::total, &ParameterCounts::trainable,
                          &ParameterCounts::active, &ParameterCounts::router}) {
    std::vector<double> values;
    values.reserve(group.runs.size());
    for (const RunScores& run : group.runs) {
      values.push_back(static_cast<double>(run.parameters.*role));
    }
    cells.push_back(count_cell(values));
  }
  cells.push_back(attribute_cell(group, "tokens_per_second"));
  cells.push_back(attribute_cell(group, "peak_memory_mib"));
  return cells;
}

void add_rows(const RunSet& set, const ScoredRuns& scored, const std::vector<ScoreColumn>& columns,
              Table& table) {
  for (std::size_t i = 0; i < scored.groups.size(); ++i) {
    std::vector<Cell>& row = table.rows.emplace_back();
    row.push_back({scored.groups[i].label, {}});
    for (const ScoreColumn& column : columns) {
      row.push_back(mean_cell(mean_std(scores_of(column.rows[i])), column.digits()));
    }
    for (Cell& cell : resource_cells(scored.groups[i])) row.push_back(std::move(cell));
    mark_other_protocol(set, set.groups[i], row);
  }
}

}  // namespace

Table scores_table(const RunSet& runs, const ScoresOptions& options) {
  const RunSet set = group_by(keep_where(runs, options.where), options.rows);
  if (!options.allow_mixed) check_one_protocol(set);
  const ScoredRuns scored = read_scores(set, options.choice());
  const std::vector<ScoreColumn> columns = score_columns(scored);
  Table table;
  table.header = header(columns, options.rows);
  table.details.assign(kResources.begin(), kResources.end());
  add_rows(set, scored, columns, table);
  table.footers = {seeds_footer(set), mark_best(columns, scored.choice, table)};
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.add_footers(protocol_footers(set));
  table.footers.emplace_back(
      "total, trainable, active, router: parameters; active are those that one token uses. MiB: "
      "peak memory.");
  table.add_footers(unfinished_footers(set));
  std::erase(table.footers, "");
  return table;
}

namespace {

const RegisterTable scores_registration("scores", "score of every task, parameters and speed",
                                        scores_table);

}  // namespace

}  // namespace rankwise::analysis

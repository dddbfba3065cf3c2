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

/// A cost that run files of later programs hold as an attribute.
struct Cost {
  const char* attribute;
  const char* heading;
  const char* meaning;
};

constexpr std::array<Cost, 2> kCosts = {
    {{"stored_parameters", "stored",
      "parameters that the adapted model adds to its backbone, frozen ones with them"},
     {"update_flops_per_token", "FLOPs/token",
      "of a token's updates in a forward, frozen parts and routers with them"}}};

std::vector<double> values_of(const ScoredGroup& group, const Cost& cost) {
  std::vector<double> values;
  for (const RunScores& scores : group.runs) {
    const auto found = scores.run->attributes.find(cost.attribute);
    if (found != scores.run->attributes.end()) values.push_back(found->get<double>());
  }
  return values;
}

/// Those that some run holds.
std::vector<Cost> costs_of(const ScoredRuns& scored) {
  std::vector<Cost> known;
  for (const Cost& cost : kCosts) {
    const bool any =
        std::any_of(scored.groups.begin(), scored.groups.end(),
                    [&](const ScoredGroup& group) { return !values_of(group, cost).empty(); });
    if (any) known.push_back(cost);
  }
  return known;
}

/// Headings of what a row costs.
std::vector<std::string> resource_names(const std::vector<Cost>& costs) {
  std::vector<std::string> names = {"total", "trainable", "active", "router"};
  for (const Cost& cost : costs) names.emplace_back(cost.heading);
  return names;
}

std::vector<std::string> header(const std::vector<ScoreColumn>& columns, const std::string& rows,
                                const std::vector<Cost>& costs) {
  std::vector<std::string> names = {rows == "label" ? "method" : rows};
  for (const ScoreColumn& column : columns) names.push_back(column.heading);
  const std::vector<std::string> resources = resource_names(costs);
  names.insert(names.end(), resources.begin(), resources.end());
  return names;
}

std::vector<Cell> resource_cells(const ScoredGroup& group, const std::vector<Cost>& costs) {
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
  for (const Cost& cost : costs) {
    const std::vector<double> values = values_of(group, cost);
    cells.push_back(values.empty() ? Cell{"–", {}} : count_cell(values));
  }
  return cells;
}

void add_rows(const RunSet& set, const ScoredRuns& scored, const std::vector<ScoreColumn>& columns,
              const std::vector<Cost>& costs, Table& table) {
  for (std::size_t i = 0; i < scored.groups.size(); ++i) {
    std::vector<Cell>& row = table.rows.emplace_back();
    row.push_back({scored.groups[i].label, {}});
    for (const ScoreColumn& column : columns) {
      row.push_back(mean_cell(mean_std(scores_of(column.rows[i])), column.digits()));
    }
    for (Cell& cell : resource_cells(scored.groups[i], costs)) row.push_back(std::move(cell));
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
  const std::vector<Cost> costs = costs_of(scored);
  table.header = header(columns, options.rows, costs);
  table.details = resource_names(costs);
  add_rows(set, scored, columns, costs, table);
  table.footers = {seeds_footer(set), mark_best(columns, scored.choice, table)};
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.add_footers(protocol_footers(set));
  table.footers.emplace_back(
      "total, trainable, active, router: parameters; active are trained ones that one token uses.");
  for (const Cost& cost : costs) {
    table.footers.push_back(fmt::format("{}: {}.", cost.heading, cost.meaning));
  }
  table.add_footers(row_footers(set));
  std::erase(table.footers, "");
  return table;
}

namespace {

const RegisterTable scores_registration("scores", "score of every task, and parameters",
                                        scores_table);

}  // namespace

}  // namespace rankwise::analysis

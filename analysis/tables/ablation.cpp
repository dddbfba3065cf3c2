#include "analysis/tables/ablation.h"

#include "analysis/compare/comparison.h"
#include "analysis/compare/test_cells.h"
#include "analysis/runs/run_footers.h"
#include "analysis/tables/table_kind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

/// What a row changes, in one cell.
std::string change(const RunGroup& reference, const RunGroup& group) {
  std::vector<std::string> parts;
  for (const LeafDifference& difference : config_differences(reference, group)) {
    parts.push_back(to_text(difference));
  }
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, "; "));
}

Cell score_cell(const ScoreColumn& column, std::size_t row) {
  return mean_cell(mean_std(scores_of(column.rows[row])), column.digits());
}

/// Columns that a table has where any of its rows can fill them.
struct OptionalColumns {
  bool both = false;         // interval over seeds and examples
  bool equivalence = false;  // p of equivalence
};

OptionalColumns columns_of(const std::vector<ScoreComparison>& comparisons) {
  OptionalColumns columns;
  for (const ScoreComparison& comparison : comparisons) {
    columns.both = columns.both || comparison.over_both;
    columns.equivalence = columns.equivalence || comparison.equivalence;
  }
  return columns;
}

std::vector<std::string> header(const std::string& score, const OptionalColumns& columns) {
  std::vector<std::string> names = {"method", "config", score, "difference", "95 %"};
  if (columns.both) names.emplace_back("95 % (seeds and examples)");
  names.insert(names.end(), {"p", "p (Holm)"});
  if (columns.equivalence) names.emplace_back("p (alike)");
  names.emplace_back("verdict");
  return names;
}

std::vector<Cell> reference_row(const std::string& label, const Cell& score, std::size_t width) {
  std::vector<Cell> row(width, Cell{"–", {}});
  row[0] = {label, {}};
  row[1] = {"reference", {}};
  row[2] = score;
  return row;
}

std::vector<Cell> ablation_row(const ScoreComparison& comparison, const OptionalColumns& columns) {
  const int digits = comparison.digits + 1;
  const Cell none{"–", {}};
  const auto interval = comparison.interval();
  const auto& both = comparison.over_both;
  std::vector<Cell> row = {signed_cell(mean_std(comparison.differences).mean, digits),
                           interval ? interval_cell(interval->low, interval->high, digits) : none};
  if (columns.both) row.push_back(both ? interval_cell(both->low, both->high, digits) : none);
  row.push_back(p_cell(comparison.p));
  row.push_back(p_cell(comparison.holm_p));
  if (columns.equivalence) row.push_back(p_cell(comparison.holm_equivalence));
  row.push_back({comparison.verdict(), {}});
  return row;
}

void add_tests_footers(const std::vector<ScoreComparison>& comparisons,
                       const OptionalColumns& columns, double margin, Table& table) {
  std::size_t most = 0, tests = 0;
  for (const ScoreComparison& comparison : comparisons) {
    most = std::max(most, comparison.differences.size());
    tests += comparison.p ? 1 : 0;
  }
  table.footers.push_back(fmt::format(
      "Difference from the reference over the seeds that both have; 95 % and p: {}; Holm's "
      "correction over {} rows; higher or lower where it leaves p < 0.05.",
      most > 1 ? "paired t-test over seeds (with one seed: paired bootstrap over examples)"
               : "paired bootstrap over examples, for one seed says nothing of others",
      tests));
  if (columns.both) {
    table.footers.push_back(
        fmt::format("95 % (seeds and examples): paired bootstrap over seeds and examples ({} "
                    "resamples); of few seeds it "
                    "is too narrow, and decides nothing.",
                    kResamples));
  }
  if (columns.equivalence) {
    table.footers.push_back(fmt::format(
        "p (alike): of two one-sided t-tests that the difference is less than {:g} either way, "
        "Holm's correction over the rows; alike where it is < 0.05 and the other is not.",
        margin));
  }
  table.footers.push_back(few_seeds_footer(most));
}

}  // namespace

Table ablation_table(const RunSet& set, const AblationOptions& options) {
  check_one_protocol(set);
  const std::size_t reference = find_reference(set, options.reference);
  const ScoredRuns scored = read_scores(set, options.choice());
  const auto scores = score_columns(scored);
  const ScoreColumn& column = find_column(scores, options.score);
  Table table;
  table.details = {"config"};
  table.rows.emplace_back();
  std::vector<ScoreComparison> comparisons;
  for (std::size_t i = 0; i < set.groups.size(); ++i) {
    if (i == reference) continue;
    comparisons.push_back(
        compare_cells(column, i, reference, scored.choice, Examples::kOnlyForOneSeed));
    if (options.margin > 0) test_equivalence(comparisons.back(), options.margin);
    table.rows.push_back({{set.groups[i].label, {}},
                          {change(set.groups[reference], set.groups[i]), {}},
                          score_cell(column, i)});
  }
  correct(comparisons);
  const OptionalColumns columns = columns_of(comparisons);
  table.header = header(column.heading, columns);
  table.rows[0] = reference_row(set.groups[reference].label, score_cell(column, reference),
                                table.header.size());
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    for (Cell& cell : ablation_row(comparisons[i], columns)) {
      table.rows[i + 1].push_back(std::move(cell));
    }
  }
  table.footers = {seeds_footer(set)};
  add_tests_footers(comparisons, columns, options.margin, table);
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.add_footers(protocol_footers(set));
  table.add_footers(row_footers(set));
  std::erase(table.footers, "");
  return table;
}

namespace {

const RegisterTable ablation_registration("ablation", "every label against a reference",
                                          ablation_table);

}  // namespace

}  // namespace rankwise::analysis

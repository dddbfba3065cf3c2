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

std::vector<Cell> reference_row(const std::string& label, const Cell& score) {
  const Cell none{"–", {}};
  return {{label, {}}, {"reference", {}}, score, none, none, none, none, none};
}

std::vector<Cell> ablation_row(const ScoreComparison& comparison) {
  const int digits = comparison.digits + 1;
  const auto interval = comparison.interval();
  return {signed_cell(mean_std(comparison.differences).mean, digits),
          interval ? interval_cell(interval->low, interval->high, digits) : Cell{"–", {}},
          p_cell(comparison.p),
          p_cell(comparison.holm_p),
          {comparison.verdict(), {}}};
}

void add_tests_footers(const std::vector<ScoreComparison>& comparisons, Table& table) {
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
  table.footers.push_back(few_seeds_footer(most));
}

}  // namespace

Table ablation_table(const RunSet& set, const AblationOptions& options) {
  check_one_protocol(set);
  const std::size_t reference = options.reference.empty() ? 0 : find_label(set, options.reference);
  const ScoredRuns scored = read_scores(set, options.choice());
  const auto columns = score_columns(scored);
  const ScoreColumn& column = find_column(columns, options.score);
  Table table;
  table.header = {"method", "config", column.heading, "difference",
                  "95 %",   "p",      "p (Holm)",     "verdict"};
  table.details = {"config"};
  table.rows.push_back(reference_row(set.groups[reference].label, score_cell(column, reference)));
  std::vector<ScoreComparison> comparisons;
  for (std::size_t i = 0; i < set.groups.size(); ++i) {
    if (i == reference) continue;
    comparisons.push_back(
        compare_cells(column, i, reference, scored.choice, Examples::kOnlyForOneSeed));
    table.rows.push_back({{set.groups[i].label, {}},
                          {change(set.groups[reference], set.groups[i]), {}},
                          score_cell(column, i)});
  }
  correct(comparisons);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    for (Cell& cell : ablation_row(comparisons[i])) table.rows[i + 1].push_back(std::move(cell));
  }
  table.footers = {seeds_footer(set)};
  add_tests_footers(comparisons, table);
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.add_footers(protocol_footers(set));
  table.add_footers(unfinished_footers(set));
  std::erase(table.footers, "");
  return table;
}

namespace {

const RegisterTable ablation_registration("ablation", "every label against a reference",
                                          ablation_table);

}  // namespace

}  // namespace rankwise::analysis

#include "analysis/tables/aggregate.h"

#include "analysis/compare/comparison.h"
#include "analysis/compare/method_ranks.h"
#include "analysis/runs/run_footers.h"
#include "analysis/statistics/bootstrap.h"
#include "analysis/statistics/robust.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace rankwise::analysis {
namespace {

constexpr BootstrapOptions kBootstrap{.method = BootstrapMethod::kPercentile, .resamples = 2000};

/// [T][S] of one row; a task that no run has is left empty.
Strata by_task(const std::vector<ScoreColumn>& columns, std::size_t tasks, std::size_t row) {
  Strata scores;
  for (std::size_t t = 0; t < tasks; ++t) scores.push_back(scores_of(columns[t].rows[row]));
  return scores;
}

std::vector<double> flat(const Strata& strata) {
  std::vector<double> values;
  for (const auto& stratum : strata) values.insert(values.end(), stratum.begin(), stratum.end());
  return values;
}

/// Mean over the tasks that both have; the first half of the strata is one label's, the second the
/// reference's.
double improvement(const Strata& both, bool higher_is_better) {
  const std::size_t tasks = both.size() / 2;
  double sum = 0, count = 0;
  for (std::size_t t = 0; t < tasks; ++t) {
    const auto &a = both[t], &reference = both[tasks + t];
    if (a.empty() || reference.empty()) continue;
    const double above = probability_of_improvement(a, reference);
    sum += higher_is_better ? above : 1 - above;
    ++count;
  }
  return count > 0 ? sum / count : std::nan("");
}

/// "84.1 (83.0 to 85.2)"; the interval only where some task has several seeds.
Cell cell(const Strata& strata, const Statistic& statistic, int digits, const std::string& name) {
  const double value = statistic(strata);
  if (std::isnan(value)) return {"–", {}};
  const bool several =
      std::any_of(strata.begin(), strata.end(), [](const auto& s) { return s.size() > 1; });
  if (!several) return {fmt::format("{:.{}f}", value, digits), {}};
  const auto [low, high] = bootstrap_interval(strata, statistic, Seed(0).stream(name), kBootstrap);
  return {fmt::format("{0:.{3}f} ({1:.{3}f} to {2:.{3}f})", value, low, high, digits), {}};
}

/// The column of mean ranks, and what Friedman's test says of them; none where two labels or more
/// do not share two tasks.
void add_ranks(const ScoredRuns& scored, Table& table) {
  const auto ranks = method_ranks(scored);
  if (!ranks) return;
  table.header.emplace_back("mean rank");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto found =
        std::find(ranks->labels.begin(), ranks->labels.end(), scored.groups[i].label);
    const auto place = static_cast<std::size_t>(found - ranks->labels.begin());
    table.rows[i].push_back(
        {found == ranks->labels.end() ? "–" : fmt::format("{:.1f}", ranks->test.mean_ranks[place]),
         {}});
  }
  table.footers.push_back("mean rank: " + to_text(*ranks) + ".");
}

void add_footers(const RunSet& set, const ScoredRuns& scored, Table& table) {
  table.footers = {
      seeds_footer(set),
      fmt::format("IQM: interquartile mean over tasks and seeds; P: that a run beats one of the "
                  "reference, over tasks, ties half. In brackets: 95 % percentile bootstrap of the "
                  "seeds, stratified over tasks ({} resamples).",
                  kBootstrap.resamples)};
  table.add_footers(scores_footers(set, scored.columns(), scored.choice));
  table.add_footers(protocol_footers(set));
  table.add_footers(row_footers(set));
}

}  // namespace

Table aggregate_table(const RunSet& set, const AggregateOptions& options) {
  check_one_protocol(set);
  const std::size_t reference = find_reference(set, options.reference);
  const ScoredRuns scored = read_scores(set, options.choice());
  check(has_average(scored.tasks),
        "some measures rise and some fall: tasks have no common scale to aggregate over");
  const auto columns = score_columns(scored);
  const std::size_t tasks = scored.tasks.size();
  const bool higher = scored.tasks.front().higher_is_better;
  const int digits = scored.tasks.front().digits();
  const auto iqm = [](const Strata& strata) { return interquartile_mean(flat(strata)); };
  const auto middle = [](const Strata& strata) { return median(flat(strata)); };
  const auto better = [&](const Strata& both) { return improvement(both, higher); };
  const std::string arrow = higher ? "" : " ↓";
  Table table;
  table.header = {"method", "IQM" + arrow, "median" + arrow,
                  fmt::format("P(better than {})", set.groups[reference].label)};
  for (std::size_t i = 0; i < set.groups.size(); ++i) {
    const std::string& label = set.groups[i].label;
    const Strata scores = by_task(columns, tasks, i);
    Strata both = scores;
    for (auto& stratum : by_task(columns, tasks, reference)) both.push_back(std::move(stratum));
    table.rows.push_back({{label, {}},
                          cell(scores, iqm, digits, label),
                          cell(scores, middle, digits, label),
                          i == reference ? Cell{"reference", {}} : cell(both, better, 2, label)});
  }
  add_footers(set, scored, table);
  add_ranks(scored, table);
  return table;
}

namespace {

const RegisterTable aggregate_registration("aggregate",
                                           "all tasks and seeds at once: IQM, median, P(better)",
                                           aggregate_table);

}  // namespace

}  // namespace rankwise::analysis

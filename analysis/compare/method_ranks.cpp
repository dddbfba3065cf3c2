#include "analysis/compare/method_ranks.h"

#include "analysis/compare/test_cells.h"
#include "analysis/statistics/statistics.h"

#include <fmt/format.h>

#include <algorithm>

namespace rankwise::analysis {

std::optional<MethodRanks> method_ranks(const ScoredRuns& scored) {
  const auto columns = score_columns(scored);
  const std::size_t tasks = scored.tasks.size();
  MethodRanks ranks{.tasks = tasks};
  std::vector<std::vector<double>> scores(tasks);  // errors turned around: the highest is best
  for (std::size_t i = 0; i < scored.groups.size(); ++i) {
    const bool whole =
        std::all_of(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(tasks),
                    [&](const ScoreColumn& column) { return !column.rows[i].empty(); });
    if (!whole) continue;
    ranks.labels.push_back(scored.groups[i].label);
    for (std::size_t t = 0; t < tasks; ++t) {
      const double mean = mean_std(scores_of(columns[t].rows[i])).mean;
      scores[t].push_back(columns[t].higher_is_better() ? mean : -mean);
    }
  }
  if (tasks < 2 || ranks.labels.size() < 2) return std::nullopt;
  ranks.test = friedman_test(scores, /*higher_is_better=*/true);
  ranks.critical_difference = critical_difference(ranks.labels.size(), tasks);
  return ranks;
}

std::string to_text(const MethodRanks& ranks) {
  return fmt::format(
      "of {} labels over {} tasks (mean scores over seeds), 1 is best; Friedman's test that all "
      "rank "
      "alike: p {}; two that lie {:.1f} apart differ (Nemenyi, 0.05)",
      ranks.labels.size(), ranks.tasks, p_cell(ranks.test.p).text, ranks.critical_difference);
}

}  // namespace rankwise::analysis

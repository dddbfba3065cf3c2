#include "analysis/measures/rank_recovery.h"

#include "analysis/statistics/correlation.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace rankwise::analysis {
namespace {

using Ranks = std::vector<std::int64_t>;

double mean(const Ranks& ranks) {
  return static_cast<double>(std::accumulate(ranks.begin(), ranks.end(), std::int64_t{0})) /
         static_cast<double>(ranks.size());
}

void append(Ranks& to, const Ranks& more) { to.insert(to.end(), more.begin(), more.end()); }

/// The truth of the sites that choose, one after another; empty where one is missing.
Ranks true_ranks(const RunLayout& layout) {
  Ranks ranks;
  if (!layout.truth) return ranks;
  for (std::size_t i = 0; i < layout.sites.size(); ++i) {
    if (!layout.sites[i].selection) continue;
    const Ranks& of_site = layout.truth->sites[i].rank;
    if (of_site.empty()) return {};
    append(ranks, of_site);
  }
  return ranks;
}

/// Where a chosen rank stands: 0 under the true one, 1 equal, 2 over.
std::size_t standing(std::int64_t chosen, std::int64_t truth) {
  return chosen < truth ? 0 : chosen == truth ? 1 : 2;
}

/// Changes after an evaluation over all evaluations in a standing.
std::optional<double> rate(double flips, double stays) {
  if (flips + stays == 0) return std::nullopt;
  return flips / (flips + stays);
}

}  // namespace

std::optional<ChosenRanks> read_chosen_ranks(const RunFile& file) {
  ChosenRanks ranks;
  ranks.chosen.resize(file.evaluation_count());
  for (const SiteRecord& site : file.layout().sites) {
    if (!site.selection) continue;
    const std::vector<SiteUsage> usage = file.usage(site.name);
    for (std::size_t e = 0; e < usage.size(); ++e) append(ranks.chosen[e], usage[e].chosen_rank);
  }
  if (ranks.chosen.empty() || ranks.chosen.front().empty()) return std::nullopt;
  for (const EvaluationRecord& record : file.scores()) ranks.steps.push_back(record.step);
  ranks.truth = true_ranks(file.layout());
  return ranks;
}

RankChoice rank_choice(const ChosenRanks& ranks) {
  const Ranks& last = ranks.chosen.back();
  const auto count = static_cast<double>(last.size());
  RankChoice choice;
  for (const Ranks& chosen : ranks.chosen) choice.curve.push_back(mean(chosen));
  choice.mean = choice.curve.back();
  choice.first_mean = choice.curve.front();
  choice.rank_one_share = static_cast<double>(std::count(last.begin(), last.end(), 1)) / count;
  for (std::size_t m = 0; m < last.size(); ++m) {
    double flips = 0;
    for (std::size_t e = 1; e < ranks.chosen.size(); ++e) {
      flips += ranks.chosen[e][m] != ranks.chosen[e - 1][m] ? 1 : 0;
    }
    choice.flips += flips;
    choice.ever_changed += flips > 0 ? 1 / count : 0;
  }
  return choice;
}

std::optional<RankRecovery> rank_recovery(const ChosenRanks& ranks) {
  if (ranks.truth.empty()) return std::nullopt;
  const Ranks& last = ranks.chosen.back();
  RankRecovery recovery;
  recovery.tau_b =
      kendall_tau_b({last.begin(), last.end()}, {ranks.truth.begin(), ranks.truth.end()});
  std::array<double, 3> at_end{}, flips{}, stays{};  // by standing
  for (std::size_t m = 0; m < last.size(); ++m) {
    at_end[standing(last[m], ranks.truth[m])] += 1 / static_cast<double>(last.size());
    for (std::size_t e = 1; e < ranks.chosen.size(); ++e) {
      const std::int64_t before = ranks.chosen[e - 1][m];
      (ranks.chosen[e][m] != before ? flips : stays)[standing(before, ranks.truth[m])] += 1;
    }
  }
  recovery.under = at_end[0];
  recovery.equal = at_end[1];
  recovery.over = at_end[2];
  recovery.under_flip_rate = rate(flips[0], stays[0]);
  recovery.equal_flip_rate = rate(flips[1], stays[1]);
  recovery.over_flip_rate = rate(flips[2], stays[2]);
  return recovery;
}

}  // namespace rankwise::analysis

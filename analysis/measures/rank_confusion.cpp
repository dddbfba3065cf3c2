#include "analysis/measures/rank_confusion.h"

#include "analysis/measures/rank_recovery.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace rankwise::analysis {

std::optional<RankConfusion> rank_confusion(const RunGroup& group) {
  std::map<std::int64_t, std::map<std::int64_t, double>> counts;  // [true][chosen]
  std::int64_t largest = 0;
  for (const Run& run : group.runs) {
    const auto ranks = read_chosen_ranks(run.file());
    if (!ranks || ranks->truth.empty()) continue;
    for (std::size_t m = 0; m < ranks->truth.size(); ++m) {
      const std::int64_t truth = ranks->truth[m], chosen = ranks->chosen.back()[m];
      ++counts[truth][chosen];
      largest = std::max({largest, truth, chosen});
    }
  }
  if (counts.empty()) return std::nullopt;
  RankConfusion confusion;
  confusion.share.setZero(static_cast<Eigen::Index>(counts.size()), largest);
  for (const auto& [truth, chosen] : counts) {
    const auto row = static_cast<Eigen::Index>(confusion.truth.size());
    confusion.truth.push_back(truth);
    for (const auto& [rank, count] : chosen) {
      if (rank > 0) confusion.share(row, rank - 1) = count;
    }
    double total = 0;
    for (const auto& [rank, count] : chosen) total += count;
    confusion.share.row(row) /= total;
  }
  return confusion;
}

}  // namespace rankwise::analysis

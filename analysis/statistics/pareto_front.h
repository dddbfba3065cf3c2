/// What no other point beats in both cost and score.
#pragma once

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

struct CostScore {
  double cost = 0;
  double score = 0;
};

/// The points that no other one dominates (costs no more, scores no worse, and differs), by rising
/// cost.
std::vector<std::size_t> pareto_front(const std::vector<CostScore>& points, bool higher_is_better);

}  // namespace rankwise::analysis

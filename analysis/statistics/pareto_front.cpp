#include "analysis/statistics/pareto_front.h"

#include "analysis/statistics/ordering.h"

#include <algorithm>

namespace rankwise::analysis {

std::vector<std::size_t> pareto_front(const std::vector<CostScore>& points, bool higher_is_better) {
  const double sign = higher_is_better ? 1 : -1;
  const auto dominates = [&](const CostScore& a, const CostScore& b) {
    const double gain = sign * (rounded(a.score) - rounded(b.score));
    const double saved = rounded(b.cost) - rounded(a.cost);
    return saved >= 0 && gain >= 0 && (saved > 0 || gain > 0);
  };
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const CostScore& other) {
      return dominates(other, points[i]);
    });
    if (!beaten) front.push_back(i);
  }
  std::stable_sort(front.begin(), front.end(), [&](std::size_t a, std::size_t b) {
    return rounded(points[a].cost) < rounded(points[b].cost);
  });
  return front;
}

}  // namespace rankwise::analysis

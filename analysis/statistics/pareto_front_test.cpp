#include "analysis/statistics/pareto_front.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Front = std::vector<std::size_t>;

TEST(ParetoFront, KeepsWhatNoOtherPointBeatsByRisingCost) {
  const std::vector<CostScore> points = {{4, 0.9}, {1, 0.5}, {2, 0.4}, {3, 0.7}, {5, 0.8}};
  EXPECT_EQ(pareto_front(points, true), (Front{1, 3, 0}));
  EXPECT_EQ(pareto_front(points, false), (Front{1, 2}));
}

TEST(ParetoFront, OfEqualPointsAllStayAndOfEqualCostTheBest) {
  EXPECT_EQ(pareto_front({{1, 1}, {1, 1}}, true), (Front{0, 1}));
  EXPECT_EQ(pareto_front({{1, 1}, {1, 2}}, true), Front{1});
}

}  // namespace
}  // namespace rankwise::analysis

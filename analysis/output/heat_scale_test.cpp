#include "analysis/output/heat_scale.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

std::vector<HeatMap> maps_of(double a, double b) {
  HeatMap map{.title = "m", .rows = {"a"}, .columns = {"1", "2"}, .value = {}};
  map.value.resize(1, 2);
  map.value << a, b;
  return {map};
}

TEST(HeatScale, OfSharesEndsAtTheNextRoundNumber) {
  EXPECT_EQ(share_scale(maps_of(0, 1)), 1);
  EXPECT_EQ(share_scale(maps_of(0.1, 0.2)), 0.2);
  EXPECT_EQ(share_scale(maps_of(0, 0.26)), 0.3);
}

TEST(HeatScale, OfAnyNumbersBeginsAtZeroOrIsSymmetric) {
  EXPECT_EQ(value_scale(maps_of(0.1, 0.25)), std::pair(0.0, 0.3));
  EXPECT_EQ(value_scale(maps_of(0.1, std::nan(""))), std::pair(0.0, 0.1));
  EXPECT_EQ(value_scale(maps_of(0, 2.7)), std::pair(0.0, 3.0));
  EXPECT_EQ(value_scale(maps_of(-2.7, 1)), std::pair(-4.0, 4.0));  // in steps of 2
}

}  // namespace
}  // namespace rankwise::analysis

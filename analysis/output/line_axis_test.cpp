#include "analysis/output/line_axis.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

TEST(LineAxis, HoldsItsPlacesAndTics) {
  const LineAxis axis({0, 10}, {});
  EXPECT_EQ(axis.fraction(0), 0);
  EXPECT_EQ(axis.fraction(5), 0.5);
  EXPECT_EQ(axis.fraction(10), 1);
  const LineAxis named({1}, {.tics = {{0, "none"}, {2, "two"}}});
  EXPECT_GT(named.fraction(0), 0);
  EXPECT_LT(named.fraction(2), 1);
  EXPECT_EQ(named.commands(true), "set xrange [-0.12:2.12]\nset xtics ('none' 0,'two' 2)\n");
  EXPECT_EQ(named.commands(false), "set xrange [-0.12:2.12]\nset xtics ('' 0,'' 2)\n");
}

TEST(LineAxis, OfOneValueIsOneWide) {
  const LineAxis axis({7}, {});
  EXPECT_EQ(axis.fraction(7), 0);
  EXPECT_EQ(axis.fraction(8), 1);
}

TEST(LineAxis, OfLogarithmsSpacesRatiosAlike) {
  const LineAxis axis({1, 100}, {.log = true});
  EXPECT_NEAR(axis.fraction(10), 0.5, 1e-12);
  EXPECT_NE(axis.commands(true).find("set logscale x\n"), std::string::npos);
}

TEST(LineAxis, ZeroHasAPlaceLeftOfLogarithms) {
  const LineAxis axis({0, 100, 10000}, {.log = true});
  EXPECT_GT(axis.fraction(0), 0);
  EXPECT_LT(axis.fraction(0), axis.fraction(100));
  // (asinh(100) - asinh(10)) / (asinh(10) - asinh(1)): beyond the least value nearly logarithmic.
  EXPECT_NEAR(
      (axis.fraction(10000) - axis.fraction(1000)) / (axis.fraction(1000) - axis.fraction(100)),
      1.087, 0.001);
  EXPECT_EQ(axis.commands(true).find("set nonlinear x via asinh(x/100) inverse 100*sinh(x)\n"), 0U);
  EXPECT_NE(axis.commands(true).find("'0' 0,"), std::string::npos);
}

TEST(LineAxis, IsLinearWhereALogarithmicOneCanNotBe) {
  for (const double other : {0.0, -2.0}) {
    const LineAxis axis({0, other, std::nan("")}, {.log = true});
    EXPECT_EQ(axis.commands(true).find("nan"), std::string::npos);
    EXPECT_EQ(axis.commands(true).find("logscale"), std::string::npos);
  }
  EXPECT_EQ(LineAxis({}, {}).commands(true).find("nan"), std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/measures/routing_curves.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

RoutingCurves curves_of(const test::RunSpec& spec) {
  const auto folder = test_folder();
  test::write_run(folder, "a", spec);
  return routing_curves(load_runs({folder}).groups.front());
}

TEST(RoutingCurves, MeasureHowEvenlyTokensUseRanks) {
  auto curves = curves_of(test::routed_run("routed", 0));
  // Every task halves its tokens over two ranks; ranks have 20, 40 and 20 of 80 uses.
  EXPECT_NEAR(curves["entropy, nats"].at(4).at(0), std::log(2), 1e-12);
  EXPECT_DOUBLE_EQ(curves["dead ranks, share"].at(4).at(0), 0);
  EXPECT_DOUBLE_EQ(curves["load, max / mean"].at(4).at(0), 1.5);
  EXPECT_DOUBLE_EQ(curves["balance bias, max - min"].at(4).at(0), 0.2);
}

TEST(RoutingCurves, AreRecordedAtEachEvaluation) {
  test::RunSpec spec = test::routed_run("routed", 0);
  SiteUsage first = test::routed_usage();
  first.count = {20, 0, 0, 20, 0, 0, 20, 0, 0, 20, 0, 0};
  spec.first_usage = {first, first};
  auto curves = curves_of(spec);
  EXPECT_DOUBLE_EQ(curves["entropy, nats"].at(2).at(0), 0);
  EXPECT_DOUBLE_EQ(curves["dead ranks, share"].at(2).at(0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(curves["load, max / mean"].at(2).at(0), 3);
  EXPECT_DOUBLE_EQ(curves["load, max / mean"].at(4).at(0), 1.5);
}

TEST(RoutingCurves, SitesWithoutABiasHaveNoneAndPlainLoraHasNoCurves) {
  EXPECT_FALSE(
      curves_of(test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1})).contains("balance bias, max - min"));
  test::RunSpec plain = test::planted_run({3, 3, 3, 3}, {3, 3, 3, 3});
  for (SiteRecord& site : plain.layout.sites) site.selection = false;
  EXPECT_TRUE(curves_of(plain).empty());
}

}  // namespace
}  // namespace rankwise::analysis

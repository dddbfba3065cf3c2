// The conformance suite over random_ranks, with other options than its defaults.

#include "framework/testing/conformance.h"

#include <gtest/gtest.h>

TEST(RandomRanks, HoldsTheConformanceSuite) {
  rankwise::conformance::run_all({.variant = "random_ranks"});
}

TEST(RandomRanks, HoldsTheConformanceSuiteWithHalfItsRanks) {
  rankwise::conformance::run_all(
      {.variant = "random_ranks", .options = {{"rank", 6}, {"active", 3}}});
}

#include "analysis/statistics/friedman.h"

#include "analysis/statistics/test_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Friedman, IsSciPysAlsoWithTies) {
  for (const auto& wanted : reference("friedman")) {
    const auto scores = wanted.at("scores").get<std::vector<std::vector<double>>>();
    for (const bool higher : {true, false}) {  // turning every score around changes no p
      const FriedmanTest test = friedman_test(scores, higher);
      EXPECT_NEAR(test.chi_squared, wanted.at("chi_squared").get<double>(), 1e-9);
      EXPECT_NEAR(test.p / wanted.at("p").get<double>(), 1, 1e-9);
    }
  }
}

TEST(Friedman, GivesTheBestMethodTheLowestRank) {
  const FriedmanTest test = friedman_test({{0.9, 0.5, 0.5}, {0.8, 0.7, 0.1}}, true);
  EXPECT_THAT(test.mean_ranks, ElementsAre(1, 2.25, 2.75));
  EXPECT_EQ(friedman_test({{1, 1}, {2, 2}}, true).p, 1);
}

TEST(CriticalDifference, IsThatOfTheStudentizedRange) {
  for (const auto& wanted : reference("critical_difference")) {
    EXPECT_NEAR(critical_difference(wanted.at("methods"), wanted.at("data_sets")),
                wanted.at("difference").get<double>(), 1e-6);
  }
}

TEST(AlikeGroups, AreTheLongestRunsWithinTheDifference) {
  EXPECT_THAT(alike_groups({1, 1.5, 2.5, 4}, 1.6), ElementsAre(Pair(0, 2), Pair(2, 3)));
  EXPECT_TRUE(alike_groups({1, 3, 5}, 2).empty()) << "a difference of that size is one";
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/statistics/robust.h"

#include "analysis/statistics/test_reference.h"
#include "framework/core/json_file.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Doubles = std::vector<double>;

TEST(Robust, QuantilesMedianAndInterquartileMeanAreThoseOfNumpyAndScipy) {
  for (const auto& example : reference("robust")) {
    const auto values = example["values"].get<Doubles>();
    EXPECT_NEAR(median(values), example["median"], 1e-12);
    EXPECT_NEAR(interquartile_mean(values), example["interquartile_mean"], 1e-12);
    for (std::size_t i = 0; i < example["shares"].size(); ++i) {
      EXPECT_NEAR(quantile(values, example["shares"][i]), example["quantiles"][i], 1e-12);
    }
  }
}

TEST(Robust, InterquartileMeanDoesNotSeeTheOutlier) {
  EXPECT_EQ(interquartile_mean({1, 2, 4, 1000}), 3);
}

TEST(Robust, NoValuesHaveNoSummary) {
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_TRUE(std::isnan(interquartile_mean({})));
  EXPECT_TRUE(std::isnan(probability_of_improvement({}, {1})));
}

TEST(ProbabilityOfImprovement, IsMannAndWhitneysUOverThePairs) {
  for (const auto& example : reference("improvement")) {
    EXPECT_NEAR(
        probability_of_improvement(example["a"].get<Doubles>(), example["b"].get<Doubles>()),
        example["probability"], 1e-12);
  }
}

TEST(ProbabilityOfImprovement, CountsTiesHalf) {
  EXPECT_EQ(probability_of_improvement({1, 3}, {1, 2}), 0.625);  // a tie, a loss, two wins of four
}

TEST(PerformanceProfile, IsTheShareAboveEachThreshold) {
  for (const auto& example : reference("profile")) {
    const auto shares = performance_profile(example["scores"].get<std::vector<Doubles>>(),
                                            example["thresholds"].get<Doubles>());
    for (std::size_t i = 0; i < shares.size(); ++i) {
      EXPECT_NEAR(shares[i], example["shares"][i], 1e-12);
    }
  }
}

TEST(PerformanceProfile, GivesEveryTaskTheSameWeight) {
  EXPECT_EQ(performance_profile({{1, 1, 1, 1}, {0}}, {0.5}), Doubles{0.5});
}

}  // namespace
}  // namespace rankwise::analysis

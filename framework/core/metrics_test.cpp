#include "framework/core/metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace rankwise {
namespace {

double score(const std::string& metric, std::vector<double> prediction, std::vector<double> label) {
  return metrics().find(metric).score(
      {.prediction = std::move(prediction), .label = std::move(label), .reference = {}});
}

TEST(Metrics, CountsRightAnswers) {
  EXPECT_EQ(score("accuracy", {0, 1, 1, 0}, {0, 1, 0, 0}), 0.75);
}

TEST(Metrics, MacroF1AveragesTheClassesThatOccur) {
  // Class 0: precision 1, recall 2/3; class 1: precision 1/2, recall 1.
  EXPECT_DOUBLE_EQ(score("macro_f1", {0, 1, 1, 0}, {0, 1, 0, 0}), (0.8 + 2.0 / 3) / 2);
}

TEST(Metrics, ConstantPredictionsHaveNoCorrelation) {
  EXPECT_EQ(score("matthews", {1, 1, 1}, {0, 1, 0}), 0);
  EXPECT_EQ(score("pearson", {1, 1, 1}, {0, 1, 0}), 0);
}

TEST(Metrics, TiesShareTheirMeanRank) {
  EXPECT_EQ(tied_ranks({5, 1, 5, 3}), (std::vector<double>{3.5, 1, 3.5, 2}));
}

TEST(Metrics, SpearmanSeesOrderOnly) {
  EXPECT_DOUBLE_EQ(score("spearman", {1, 10, 100}, {1, 2, 3}), 1);
}

TEST(Metrics, RelativeErrorIsOneForTheUnadaptedModel) {
  const Scored scored{.width = 2, .prediction = {1, 2}, .label = {0, 0}, .reference = {1, 2}};
  EXPECT_EQ(metrics().find("relative_error").score(scored), 1);
}

}  // namespace
}  // namespace rankwise

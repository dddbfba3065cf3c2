#include "analysis/compare/paired_examples.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Doubles = std::vector<double>;

PredictionRecord record(Doubles prediction, Doubles label, const std::string& metric,
                        double score = 0) {
  return {.task = "t",
          .split = "test",
          .parameters = "best",
          .prediction = std::move(prediction),
          .label = std::move(label),
          .correct = {},
          .scores = {{metric, score}}};
}

PairedExamples pair(const PredictionRecord& a, const PredictionRecord& b,
                    const std::string& metric) {
  return PairedExamples::match(a, b, metric).value();
}

TEST(PairedExamples, AccuracyIsThatOfTheDrawnExamples) {
  const PairedExamples examples = pair(record({1, 1, 0}, {1, 1, 1}, "accuracy"),
                                       record({0, 1, 0}, {1, 1, 1}, "accuracy"), "accuracy");
  EXPECT_EQ(examples.size(), 3U);
  EXPECT_DOUBLE_EQ(examples.difference({0, 1, 2}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(examples.difference({0, 0}), 1);
  EXPECT_DOUBLE_EQ(examples.difference({1, 2}), 0);
}

TEST(PairedExamples, OtherMetricsAreComputedAgain) {
  const Doubles label = {1, 2, 3, 4};
  const PairedExamples examples = pair(record({1, 2, 3, 0}, label, "pearson"),
                                       record({4, 3, 2, 1}, label, "pearson"), "pearson");
  EXPECT_DOUBLE_EQ(examples.difference({0, 1, 2}), 2);  // correlations 1 and -1
}

TEST(PairedExamples, RelativeErrorsKeepTheRecordedRatio) {
  // Squared errors 1 and 3 with a mean of 2 at the recorded 0.5: 0.25 and 0.75.
  const Doubles label = {0, 0};
  const PairedExamples examples =
      pair(record({1, std::sqrt(3.0)}, label, "relative_error", 0.5),
           record({0, 0}, label, "relative_error", 0), "relative_error");
  EXPECT_DOUBLE_EQ(examples.difference({0, 1}), 0.5);
  EXPECT_DOUBLE_EQ(examples.difference({1, 1}), 0.75);
}

// All texts match, which says nothing of the programs: of two a text, 2 and 1 of a pass, 0 and 1 of
// b.
TEST(PairedExamples, ProgramsArePairedByWhichOfThemPassed) {
  PredictionRecord a = record({1, 1}, {1, 1}, "pass_at_1", 0.75);
  PredictionRecord b = record({1, 1}, {1, 1}, "pass_at_1", 0.25);
  EXPECT_FALSE(PairedExamples::match(a, b, "pass_at_1")) << "they were not run";
  a.passed = {1, 1, 0, 1};
  b.passed = {0, 0, 1, 0};
  const PairedExamples examples = pair(a, b, "pass_at_1");
  EXPECT_EQ(examples.size(), 2U);
  EXPECT_DOUBLE_EQ(examples.difference({0, 1}), 0.5);
  EXPECT_DOUBLE_EQ(examples.difference({0, 0}), 1);
  EXPECT_FALSE(is_share_right(record({1, 1}, {1, 1}, "pass_at_1", 1), "pass_at_1"));
}

TEST(PairedExamples, NeedTheSameLabelsAndAKnownMetric) {
  const auto a = record({1, 1}, {1, 1}, "accuracy");
  EXPECT_FALSE(PairedExamples::match(a, record({1, 1}, {1, 0}, "accuracy"), "accuracy"));
  EXPECT_FALSE(PairedExamples::match(a, a, "bleu"));
  EXPECT_TRUE(PairedExamples::match(a, a, "accuracy"));
}

/// `a_wins` examples that only a gets right, `b_wins` that only b does, others both.
PairedExamples disagreement(int a_wins, int b_wins, int others) {
  Doubles a, b;
  for (int i = 0; i < a_wins + b_wins + others; ++i) {
    a.push_back(i < a_wins || i >= a_wins + b_wins ? 1 : 0);
    b.push_back(i >= a_wins ? 1 : 0);
  }
  const Doubles label(a.size(), 1);
  return pair(record(a, label, "accuracy"), record(b, label, "accuracy"), "accuracy");
}

TEST(PairedBootstrap, IsSureOfALargeDifferenceAndNotOfNone) {
  const auto sure =
      paired_bootstrap({{disagreement(40, 5, 55)}}, Resampled::kSeedsAndExamples, Seed(1), 1000);
  EXPECT_DOUBLE_EQ(sure.p, 2.0 / 1001);
  EXPECT_GT(sure.low, 0.2);
  EXPECT_LT(sure.high, 0.5);
  const auto none =
      paired_bootstrap({{disagreement(10, 10, 80)}}, Resampled::kSeedsAndExamples, Seed(1), 1000);
  EXPECT_GT(none.p, 0.5);
  EXPECT_EQ(paired_bootstrap({{disagreement(0, 0, 10)}}, Resampled::kExamples, Seed(1), 100).p, 1);
}

TEST(PairedBootstrap, SeedsThatDisagreeWidenTheInterval) {
  const std::vector<std::vector<PairedExamples>> seeds = {
      {disagreement(30, 0, 70), disagreement(0, 20, 80), disagreement(10, 0, 90)}};
  const auto examples = paired_bootstrap(seeds, Resampled::kExamples, Seed(1), 1000);
  const auto both = paired_bootstrap(seeds, Resampled::kSeedsAndExamples, Seed(1), 1000);
  EXPECT_GT(both.high - both.low, 2 * (examples.high - examples.low));
}

TEST(PairedBootstrap, TheSpreadOfFewSeedsIsUnbiased) {
  // Two seeds at +0.2 and -0.2 of many examples that all agree: the standard error of their mean
  // is 0.2 (deviation 0.283 over the root of 2), and one drawn seed is as often one as the other.
  const std::vector<std::vector<PairedExamples>> seeds = {
      {disagreement(2000, 0, 8000), disagreement(0, 2000, 8000)}};
  const auto result = paired_bootstrap(seeds, Resampled::kSeedsAndExamples, Seed(1), 500);
  EXPECT_NEAR(result.low, -0.2, 0.02);
  EXPECT_NEAR(result.high, 0.2, 0.02);
}

TEST(PairedBootstrapSimulation, RaisesNoMoreFalseAlarmsOverExamplesThanItSays) {
  // Two equal classifiers, 200 examples, each right with probability 0.7.
  constexpr int kSamples = 1000;
  Random random = Seed(5).random();
  int alarms = 0;
  for (int i = 0; i < kSamples; ++i) {
    Doubles a(200), b(200);
    for (double& value : a) value = random.uniform() < 0.7 ? 1 : 0;
    for (double& value : b) value = random.uniform() < 0.7 ? 1 : 0;
    const Doubles label(200, 1);
    const auto examples =
        pair(record(a, label, "accuracy"), record(b, label, "accuracy"), "accuracy");
    const Seed seed = Seed(5).stream(static_cast<std::uint64_t>(i));
    alarms += paired_bootstrap({{examples}}, Resampled::kExamples, seed, 200).p <= 0.05 ? 1 : 0;
  }
  const double share = static_cast<double>(alarms) / kSamples;
  EXPECT_LE(share, 0.05 + 3 * 0.0069);  // three standard errors of a share of 0.05 of 1,000
  EXPECT_GE(share, 0.02);
}

}  // namespace
}  // namespace rankwise::analysis

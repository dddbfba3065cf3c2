#include "analysis/statistics/paired_tests.h"

#include "analysis/statistics/test_reference.h"
#include "framework/core/json_file.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Doubles = std::vector<double>;

TEST(SignFlip, IsScipysPermutationTest) {
  for (const auto& example : reference("sign_flip")) {
    const ExactTest test = sign_flip_test(example["differences"].get<Doubles>(), Seed(1));
    EXPECT_NEAR(test.p, example["p"], 1e-12) << example["differences"];
  }
}

TEST(SignFlip, OfThreeSeedsCanNotGoBelowAQuarter) {
  const ExactTest test = sign_flip_test({5, 6, 7}, Seed(1));
  EXPECT_EQ(test.p, 0.25);
  EXPECT_EQ(test.smallest_p, 0.25);
}

TEST(SignFlip, SumsThatDifferByRoundingAloneAreTies) {
  // The third is rounding alone: four of the eight sums are as far from zero as 0.3.
  EXPECT_EQ(sign_flip_test({0.1, 0.2, 0.3 - 0.1 - 0.2}, Seed(1)).p, 0.5);
}

TEST(SignFlip, DrawsSignsWhereThereAreTooManyToGoThrough) {
  const Doubles equal(25, 1.0);
  const ExactTest certain = sign_flip_test(equal, Seed(1));
  EXPECT_EQ(certain.p, certain.smallest_p);
  EXPECT_EQ(certain.smallest_p, 1.0 / 100001);
  Doubles mixed(25, 1.0);
  for (std::size_t i = 0; i < 8; ++i) mixed[i] = -1;
  // |sum| >= 9 of 25 fair coins: 17 heads or more, twice: 0.1078.
  EXPECT_NEAR(sign_flip_test(mixed, Seed(1)).p, 0.1078, 0.004);
}

TEST(SignFlip, NothingIsNoEvidence) {
  EXPECT_EQ(sign_flip_test({}, Seed(1)).p, 1);
  EXPECT_EQ(sign_flip_test({0, 0}, Seed(1)).p, 1);
}

TEST(Wilcoxon, IsScipysWithTiesAndZeros) {
  for (const auto& example : reference("wilcoxon")) {
    EXPECT_NEAR(wilcoxon_test(example["differences"].get<Doubles>()).p, example["p"], 1e-12)
        << example["differences"];
  }
}

TEST(Wilcoxon, OfManyDifferencesIsScipysApproximation) {
  for (const auto& example : reference("wilcoxon_normal")) {
    EXPECT_NEAR(wilcoxon_test(example["differences"].get<Doubles>()).p, example["p"], 1e-12);
  }
}

TEST(Wilcoxon, ZerosAloneAreNoEvidence) { EXPECT_EQ(wilcoxon_test({0, 0, 0}).p, 1); }

TEST(McNemar, IsScipysBinomialTestAndChiSquared) {
  for (const auto& example : reference("mcnemar")) {
    const McNemarTest test = mcnemar_test({example["only_a"], example["only_b"]});
    EXPECT_NEAR(test.exact_p, example["exact_p"], 1e-12) << example;
    EXPECT_NEAR(test.continuity_p, example["continuity_p"], 1e-12) << example;
  }
}

TEST(McNemar, NoDisagreementIsNoEvidence) { EXPECT_EQ(mcnemar_test({}).exact_p, 1); }

/// Share of 4,000 samples of ten normal values around zero whose p is 0.05 or less.
template <class Test>
double false_alarms(const Test& test) {
  constexpr int kSamples = 4000;
  Random random = Seed(3).random();
  int alarms = 0;
  for (int i = 0; i < kSamples; ++i) {
    Doubles differences(10);
    for (double& value : differences) value = random.normal();
    alarms += test(differences).p <= 0.05 ? 1 : 0;
  }
  return static_cast<double>(alarms) / kSamples;
}

constexpr double kThreeErrors = 3 * 0.00345;  // of a share of 0.05 of 4,000

TEST(PairedTestsSimulation, SignFlipsRaiseNoMoreFalseAlarmsThanTheySay) {
  const double share = false_alarms([](const Doubles& d) { return sign_flip_test(d, Seed(1)); });
  EXPECT_LE(share, 0.05 + kThreeErrors);
  EXPECT_GE(share, 0.03);  // and is no test that never rejects
}

TEST(PairedTestsSimulation, WilcoxonRaisesNoMoreFalseAlarmsThanItSays) {
  const double share = false_alarms(wilcoxon_test);
  EXPECT_LE(share, 0.05 + kThreeErrors);
  EXPECT_GE(share, 0.03);
}

}  // namespace
}  // namespace rankwise::analysis

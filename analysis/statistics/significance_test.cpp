#include "analysis/statistics/significance.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

// SciPy's ttest_rel of {.31, .36, .29, .40, .33} and {.35, .39, .36, .38, .41}.
const std::vector<double> kDifferences = {.31 - .35, .36 - .39, .29 - .36, .40 - .38, .33 - .41};

TEST(PairedTTest, IsSciPys) {
  const PairedTest test = paired_t_test(kDifferences).value();
  EXPECT_NEAR(test.mean, -0.04, 1e-12);
  EXPECT_NEAR(test.p, 0.085552914562967083, 1e-9);
  EXPECT_NEAR(test.low, -0.088884360493667131, 1e-9);
  EXPECT_NEAR(test.high, 0.0088843604936671358, 1e-9);
}

TEST(PairedTTest, KeepsItsDigitsWherePIsTiny) {
  const PairedTest test =
      paired_t_test({1.0, 1.1, .9, 1.05, .95, 1.0, 1.02, .97, 1.01, 1.0}).value();
  EXPECT_NEAR(test.p / 6.3872354162110868e-13, 1, 1e-9);
}

TEST(PairedTTest, NeedsTwoValues) { EXPECT_FALSE(paired_t_test({0.5}).has_value()); }

TEST(PairedTTest, EqualDifferencesAreAsSureAsTheirSigns) {
  EXPECT_EQ(paired_t_test({0.5, 0.5})->p, 0.5);
  EXPECT_EQ(paired_t_test({0.93 - 0.91, 0.95 - 0.93, 0.02})->p, 0.25) << "equal but for rounding";
  EXPECT_EQ(paired_t_test({0, 0})->p, 1);
  EXPECT_EQ(paired_t_test({0.5, 0.5})->low, 0.5);
}

TEST(Equivalence, IsTheLargerOfSciPysOneSidedTests) {
  EXPECT_NEAR(equivalence_p(kDifferences, 0.1), 0.013541434320454022, 1e-9);
}

TEST(Equivalence, IsHalfOnTheMarginAndLargeBeyondIt) {
  EXPECT_NEAR(equivalence_p({0, 2}, 1), 0.5, 1e-12);
  EXPECT_GT(equivalence_p({4.9, 5.1}, 1), 0.95);
}

TEST(Holm, MultipliesStepByStepAndNeverFalls) {
  // Sorted .01 x 4, .02 x 3, .03 x 2 (below the one before), .5 x 1.
  EXPECT_EQ(holm({.02, .01, .5, .03}), (std::vector<double>{.06, .04, .5, .06}));
}

TEST(Holm, StaysAtMostOne) {
  EXPECT_EQ(holm({.9, .8}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/statistics/jensen_shannon.h"

#include "framework/core/seed.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;

TEST(JensenShannon, IsZeroOfEqualSharesAndOneOfDistinctOnes) {
  EXPECT_EQ(jensen_shannon(Vector2d(1, 3), Vector2d(2, 6)), 0);
  EXPECT_EQ(jensen_shannon(Vector2d(5, 0), Vector2d(0, 2)), 1);
  EXPECT_TRUE(std::isnan(jensen_shannon(Vector2d(0, 0), Vector2d(0, 2))));
}

TEST(JensenShannon, IsTheEntropyOfTheMeanLessTheMeanEntropy) {
  // p = (1, 0), q = (1/2, 1/2): entropy of (3/4, 1/4) is .811278, of p 0, of q 1.
  EXPECT_NEAR(jensen_shannon(Vector2d(4, 0), Vector2d(1, 1)), 0.811278 - 0.5, 1e-6);
}

TEST(JensenShannon, OfIndependentHalvesIsWhatIsExpected) {
  Random random = Seed(3).random();
  double sum = 0, expected = 0;
  for (int trial = 0; trial < 400; ++trial) {
    VectorXd first = VectorXd::Zero(4), second = first;
    for (int i = 0; i < 500; ++i) {
      ++first(static_cast<Eigen::Index>(4 * random.uniform()));
      ++second(static_cast<Eigen::Index>(4 * random.uniform()));
    }
    sum += jensen_shannon(first, second);
    expected += expected_jensen_shannon(first + second);
  }
  EXPECT_NEAR(sum / expected, 1, 0.1);
  EXPECT_EQ(expected_jensen_shannon(Vector3d(7, 0, 0)), 0) << "one rank alone can not differ";
}

}  // namespace
}  // namespace rankwise::analysis

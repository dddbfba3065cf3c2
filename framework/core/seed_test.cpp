#include "framework/core/seed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace rankwise {
namespace {

TEST(Seed, StreamsOfDifferentNamesDiffer) {
  const Seed seed(1);
  EXPECT_NE(seed.stream("data").value(), seed.stream("dropout").value());
  EXPECT_NE(seed.stream("data").value(), Seed(2).stream("data").value());
  EXPECT_EQ(seed.stream("data").value(), Seed(1).stream("data").value());
}

// Random123's known-answer test for philox4x64-10: zero counter, zero key.
TEST(Random, FirstBitsAreThePublishedOnes) { EXPECT_EQ(Random(0).bits(), 0x16554d9eca36314cULL); }

TEST(Random, ContinuesFromItsPosition) {
  Random first(7);
  for (int i = 0; i < 5; ++i) first.bits();
  Random second(7, first.position());
  EXPECT_EQ(first.bits(), second.bits());
}

TEST(Random, ChoiceFollowsTheWeights) {
  Random random(3);
  std::array<int, 3> counts{};
  constexpr int kDraws = 30000;
  for (int i = 0; i < kDraws; ++i) ++counts[random.choice({1, 0, 3})];
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[2] / static_cast<double>(kDraws), 0.75, 0.01);  // 4 standard deviations
}

TEST(Random, ShuffleKeepsTheValues) {
  Random random(5);
  std::vector<int> values{1, 2, 3, 4, 5, 6, 7, 8};
  random.shuffle(values);
  EXPECT_FALSE(std::is_sorted(values.begin(), values.end()));
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Random, NormalHasUnitVariance) {
  Random random(11);
  double sum = 0;
  double square = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    sum += value;
    square += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.03);     // 4 standard errors
  EXPECT_NEAR(square / kDraws, 1, 0.04);  // 4 standard errors
}

}  // namespace
}  // namespace rankwise

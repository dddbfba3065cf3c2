#include "analysis/statistics/effect_size.h"

#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

TEST(CohensDz, IsTheMeanInDeviationsOfTheDifferences) {
  EXPECT_DOUBLE_EQ(cohens_dz({1, 2, 3}), 2);
  EXPECT_TRUE(std::isnan(cohens_dz({1})));
  EXPECT_EQ(cohens_dz({0, 0}), 0);
  EXPECT_TRUE(std::isinf(cohens_dz({1, 1})));
}

TEST(CliffsDelta, IsOneWhereEveryValueIsLarger) {
  EXPECT_EQ(cliffs_delta({5, 6}, {1, 2, 3}), 1);
  EXPECT_EQ(cliffs_delta({1, 2}, {1, 2}), 0);
  EXPECT_EQ(cliffs_delta({1}, {1, 2}), -0.5);
}

TEST(DetectableDz, IsWhatScipysNonCentralTSays) {
  const auto fixture = read_json(source_tree() / "tests/fixtures/statistics.json");
  for (const auto& example : fixture.at("power")) {
    const std::size_t n = example["n"];
    EXPECT_NEAR(t_test_power(example["dz"], n), example["power"], 1e-9) << n;
    EXPECT_NEAR(detectable_dz(n), example["detectable_dz"], 1e-7) << n;
  }
}

TEST(TTestPower, OfNoEffectIsTheLevel) { EXPECT_EQ(t_test_power(0, 5), 0.05); }

}  // namespace
}  // namespace rankwise::analysis

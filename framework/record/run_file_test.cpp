#include "framework/record/run_file.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise {
namespace {

TEST(Entropy, IsInNats) {
  EXPECT_DOUBLE_EQ(entropy(std::vector<std::uint64_t>{5, 5}), std::log(2));
  EXPECT_DOUBLE_EQ(entropy(std::vector<std::uint64_t>{1, 1, 1, 1}), std::log(4));
  EXPECT_EQ(entropy(std::vector<std::uint64_t>{0, 7, 0}), 0);
}

TEST(Entropy, IsUndefinedWithoutCounts) {
  EXPECT_TRUE(std::isnan(entropy(std::vector<std::uint64_t>{0, 0})));
  EXPECT_TRUE(std::isnan(entropy({})));
}

TEST(RunPath, TellsPartialAndFailedFromFinished) {
  EXPECT_EQ(partial_path("results/a.h5"), "results/a.h5.partial");
  EXPECT_EQ(failed_path("results/a.h5"), "results/a.failed.h5");
}

}  // namespace
}  // namespace rankwise

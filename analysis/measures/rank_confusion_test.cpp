#include "analysis/measures/rank_confusion.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(RankConfusion, SharesEachTrueRankOverTheChosenOnes) {
  const auto folder = test_folder();
  test::write_run(folder, "a", test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1}));
  const auto confusion = rank_confusion(load_runs({folder}).groups.front());
  ASSERT_TRUE(confusion);
  // Chosen 1, 2, 3, 1 against low {1, 2, 3, 1} and high {2, 2, 1, 3}.
  EXPECT_EQ(confusion->truth, (std::vector<std::int64_t>{1, 2, 3}));
  Eigen::Matrix3d expected;
  expected << 2.0 / 3, 0, 1.0 / 3,  // true 1: chosen 1, 1 and 3
      1.0 / 3, 2.0 / 3, 0,          // true 2: chosen 2, 1 and 2
      0.5, 0, 0.5;                  // true 3: chosen 3 and 1
  EXPECT_TRUE(confusion->share.isApprox(expected)) << confusion->share;
}

TEST(RankConfusion, IsNothingWithoutTheTruth) {
  const auto folder = test_folder();
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  spec.layout.truth.reset();
  test::write_run(folder, "a", spec);
  EXPECT_FALSE(rank_confusion(load_runs({folder}).groups.front()));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/measures/coactivation.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

std::optional<Coactivation> of_first_site(const test::RunSpec& spec) {
  const RunFile file(test::write_run(test_folder(), "a", spec));
  return coactivation(file, file.layout().sites.front());
}

TEST(Coactivation, IsTheShareOfTheGeometricMean) {
  const auto pairs = of_first_site(test::routed_run("routed", 0));
  ASSERT_TRUE(pairs);
  // 20 tokens chose 1 and 2, of 20 and 40; 1 and 3 were never chosen together.
  EXPECT_EQ(pairs->order, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_DOUBLE_EQ(pairs->value(0, 1), 20 / std::sqrt(20.0 * 40.0));
  EXPECT_DOUBLE_EQ(pairs->value(0, 2), 0);
  EXPECT_TRUE(std::isnan(pairs->value(1, 1)));
  EXPECT_EQ(pairs->dead, 0U);
}

TEST(Coactivation, LeavesOutRanksThatNoTokenChose) {
  test::RunSpec spec = test::routed_run("routed", 0);
  spec.usage[0].coactivation = {20, 0, 20, 0, 0, 0, 20, 0, 20};
  const auto pairs = of_first_site(spec);
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->order, (std::vector<std::size_t>{0, 2}));
  EXPECT_DOUBLE_EQ(pairs->value(0, 1), 1);
  EXPECT_EQ(pairs->dead, 1U);
}

TEST(Coactivation, IsNothingWhereTasksChoose) {
  EXPECT_FALSE(of_first_site(test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1})));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/measures/task_ranks.h"

#include "analysis/runs/test_truth.h"
#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Eigen::Vector4d;

/// Two seeds that chose 1, 1, 2, 2 and then 1, 2, 3, 1 or 3, 2, 1, 1 at both sites.
RunSet two_seeds() {
  const auto folder = test_folder();
  test::RunSpec spec = test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1});
  test::write_run(folder, "a", spec);
  spec = test::planted_run({1, 1, 2, 2}, {3, 2, 1, 1});
  spec.seed = 1;
  test::write_run(folder, "b", spec);
  return load_runs({folder});
}

TEST(TaskRanks, AreMeansOverSitesBySeedAndStep) {
  const auto ranks = read_task_ranks(two_seeds().groups.front());
  ASSERT_TRUE(ranks);
  EXPECT_EQ(ranks->tasks, (std::vector<std::string>{"p0", "p1", "p2", "p3"}));
  ASSERT_EQ(ranks->chosen.size(), 2U);
  EXPECT_EQ(ranks->chosen.at(2)[0], Vector4d(1, 1, 2, 2));
  EXPECT_EQ(ranks->chosen.at(4)[0], Vector4d(1, 2, 3, 1));
  EXPECT_EQ(ranks->chosen.at(4)[1], Vector4d(3, 2, 1, 1));
  // True ranks: low {1, 2, 3, 1}, high {2, 2, 1, 3}.
  EXPECT_EQ(ranks->truth.at(0), Vector4d(1.5, 2, 2, 2));
}

TEST(TaskRanks, AreNothingWhereTokensChoose) {
  const auto folder = test_folder();
  test::write_run(folder, "a", test::routed_run("routed", 0));
  const RunSet runs = load_runs({folder});
  EXPECT_FALSE(read_task_ranks(runs.groups.front()));
  EXPECT_FALSE(read_selection(runs.groups.front()));
}

TEST(TaskRanks, SelectionIsAMeanOverSitesAndSeeds) {
  const auto selection = read_selection(two_seeds().groups.front());
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->steps, (std::vector<std::int64_t>{2, 4}));
  ASSERT_EQ(selection->probability.size(), 4U);
  EXPECT_TRUE(selection->probability[0].isApproxToConstant(1.0 / 3));
  EXPECT_EQ(selection->chosen.row(1), Eigen::RowVector4d(2, 2, 2, 1));
}

TEST(TaskRanks, SelectionByLayerIsOfTheLastEvaluation) {
  const auto selection = read_layer_selection(two_seeds().groups.front());
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->layers, (std::vector<std::string>{"0", "1"}))
      << "their sites have no number";
  EXPECT_EQ(selection->seeds, 2U);
  EXPECT_EQ(selection->chosen.row(0), Eigen::RowVector4d(2, 2, 2, 1));
  EXPECT_TRUE(selection->probability[3].isApproxToConstant(1.0 / 3));
}

TEST(TaskRanks, RunsOfOtherTasksAreRefused) {
  const auto folder = test_folder();
  test::write_run(folder, "a", test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1}));
  test::RunSpec other = test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1});
  other.seed = 1;
  other.layout.tasks[0].name = "other";
  test::write_run(folder, "b", other);
  const RunSet runs = load_runs({folder});
  EXPECT_THROW(read_task_ranks(runs.groups.front()), Error);
}

}  // namespace
}  // namespace rankwise::analysis

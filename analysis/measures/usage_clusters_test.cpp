#include "analysis/measures/usage_clusters.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::MatrixXd;

/// Two tasks use the first rank, two the second and third.
UsageCounts two_kinds() {
  MatrixXd count(4, 3);
  count << 9, 1, 0, 8, 2, 0, 0, 5, 5, 0, 4, 6;
  return {{count}};
}

TEST(UsageProfiles, AreRootsOfEachSitesDistribution) {
  MatrixXd second(4, 2);
  second << 3, 1, 0, 0, 1, 1, 0, 2;
  UsageCounts counts = two_kinds();
  counts.sites.push_back(second);
  const MatrixXd profiles = usage_profiles(counts);
  ASSERT_EQ(profiles.cols(), 5);
  EXPECT_DOUBLE_EQ(profiles(0, 0), std::sqrt(0.9));
  EXPECT_DOUBLE_EQ(profiles(0, 3), std::sqrt(0.75));
  EXPECT_DOUBLE_EQ(profiles.row(0).squaredNorm(), 2);  // one per site
  EXPECT_DOUBLE_EQ(profiles(1, 3), 0);                 // nothing was counted
}

TEST(GroupAgreement, IsOneWhereGroupsUseTheirOwnRanks) {
  const auto agreement = group_agreement(usage_profiles(two_kinds()), {5, 5, 2, 2}).value();
  EXPECT_EQ(agreement.k_means, 1);
  EXPECT_EQ(agreement.hierarchical, 1);
  EXPECT_GT(agreement.silhouette, 0.7);
}

TEST(GroupAgreement, IsBelowChanceForGroupsAcrossTheUse) {
  const auto agreement = group_agreement(usage_profiles(two_kinds()), {0, 1, 0, 1}).value();
  EXPECT_DOUBLE_EQ(agreement.k_means, -0.5);
  EXPECT_DOUBLE_EQ(agreement.hierarchical, -0.5);
  EXPECT_LT(agreement.silhouette, 0);
}

TEST(GroupAgreement, IsAbsentWhereThereIsNothingToAgreeWith) {
  const MatrixXd profiles = usage_profiles(two_kinds());
  EXPECT_FALSE(group_agreement(profiles, {}).has_value());
  EXPECT_FALSE(group_agreement(profiles, {0, 0, 0, 0}).has_value());
  EXPECT_FALSE(group_agreement(profiles, {0, 1, 2, 3}).has_value());
  EXPECT_FALSE(group_agreement(MatrixXd(), {0, 0, 1, 1}).has_value());
  EXPECT_FALSE(group_agreement(MatrixXd::Constant(4, 3, 0.5), {0, 0, 1, 1}).has_value());
}

TEST(RankLoad, ComparesTheBusiestRankWithTheMean) {
  // Over tasks {17, 12, 11}: mean 40 / 3. A second site of one busy and one dead rank: 2.
  UsageCounts counts = two_kinds();
  MatrixXd dead(4, 2);
  dead << 1, 0, 1, 0, 1, 0, 1, 0;
  counts.sites.push_back(dead);
  const RankLoad load = rank_load(counts).value();
  EXPECT_DOUBLE_EQ(load.max_over_mean, (17 / (40.0 / 3) + 2) / 2);
  EXPECT_EQ(load.dead_ranks, 1);
  EXPECT_FALSE(rank_load({}).has_value());
  EXPECT_FALSE(rank_load({{MatrixXd::Zero(4, 2)}}).has_value());
}

TEST(UsageCounts, AreReadFromTheEvaluationThatIsAsked) {
  const auto path =
      test::write_run(test_folder(), "a", test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1}));
  const RunFile file(path);
  ASSERT_EQ(read_counts(file, 0).sites.size(), 2U);
  EXPECT_EQ(read_counts(file, 0).sites[0].sum(), 40);
  EXPECT_EQ(read_counts(file, 1).sites[0].sum(), 70);
}

}  // namespace
}  // namespace rankwise::analysis

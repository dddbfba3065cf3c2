#include "analysis/runs/token_choice.h"

#include "analysis/report/summary.h"
#include "analysis/runs/test_truth.h"
#include "analysis/statistics/test_matrix.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using test::matrix;
using ::testing::Contains;
using ::testing::Pair;

TEST(TokenChoice, WhereTheChoiceIsOnePerTaskSomeRankSawEveryToken) {
  const Eigen::VectorXd tokens = tokens_of_tasks(matrix({{5, 5, 0}, {7, 7, 7}}), std::nullopt);
  EXPECT_EQ(tokens(0), 5);
  EXPECT_EQ(tokens(1), 7);
}

TEST(TokenChoice, PairsGiveTheNumberOfRanksThatATokenUsed) {
  // Three tokens of task 0 chose {1, 2}, {1, 2}, {2, 3}, one of task 1 chose {1, 3}.
  const Eigen::MatrixXd count = matrix({{2, 3, 1}, {1, 0, 1}});
  const Eigen::MatrixXd pairs = matrix({{3, 2, 1}, {2, 3, 1}, {1, 1, 2}});
  ASSERT_EQ(shared_token_ranks(pairs), 2);
  const Eigen::VectorXd tokens = tokens_of_tasks(count, 2);
  EXPECT_EQ(tokens(0), 3);
  EXPECT_EQ(tokens(1), 1);
}

TEST(TokenChoice, RefusesTokensThatUseDifferentNumbersOfRanks) {
  // One token chose {1}, one {1, 2}: pairs of rank 1 say 1.5 ranks per token, of rank 2 say 2.
  EXPECT_EQ(shared_token_ranks(matrix({{2, 1}, {1, 1}})), 0);
  EXPECT_THROW(tokens_of_tasks(matrix({{2, 1}}), 0), UnknownTokens);
  EXPECT_THROW(tokens_of_tasks(matrix({{2, 1}}), std::nullopt), UnknownTokens) << "not a task's";
}

// A summary has no coactivation, and still knows who chose.
TEST(TokenChoice, OutlivesWhatASummaryLeavesOut) {
  const auto folder = test_folder();
  test::RunSpec spec = test::routed_run("routed", 0);
  for (SiteRecord& site : spec.layout.sites) site.balance_bias = false;
  for (SiteUsage& usage : spec.usage) usage.balance_bias.clear();
  const RunFile whole(test::write_run(folder, "a", spec));
  write_summary(load_runs({folder}), folder / "summary");
  const RunFile kept(folder / "summary" / "s0.h5" / "a");
  const SiteRecord& site = kept.layout().sites.front();
  EXPECT_FALSE(site.coactivation);
  EXPECT_TRUE(chooses(kept, site));
  EXPECT_EQ(ranks_of_tokens(kept), ranks_of_tokens(whole));
  EXPECT_THAT(ranks_of_tokens(kept), Contains(Pair(site.name, 2)));
}

}  // namespace
}  // namespace rankwise::analysis

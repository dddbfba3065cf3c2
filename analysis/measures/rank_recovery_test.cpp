#include "analysis/measures/rank_recovery.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

ChosenRanks recovered_ranks() {
  // Three evaluations of four (site, task).
  return {.steps = {0, 10, 20},
          .chosen = {{1, 4, 2, 8}, {1, 2, 2, 8}, {1, 1, 2, 4}},
          .truth = {1, 2, 4, 8}};
}

TEST(RankChoice, CountsChangesAndAverages) {
  const RankChoice choice = rank_choice(recovered_ranks());
  EXPECT_EQ(choice.curve, (std::vector<double>{3.75, 3.25, 2}));
  EXPECT_EQ(choice.mean, 2);
  EXPECT_EQ(choice.first_mean, 3.75);
  EXPECT_EQ(choice.rank_one_share, 0.5);
  EXPECT_EQ(choice.flips, 3);           // 4 -> 2 -> 1 and 8 -> 4
  EXPECT_EQ(choice.ever_changed, 0.5);  // two of four
}

TEST(RankRecovery, ComparesTheLastChoiceWithTheTruth) {
  const RankRecovery recovery = rank_recovery(recovered_ranks()).value();
  EXPECT_EQ(recovery.under, 0.75);
  EXPECT_EQ(recovery.equal, 0.25);
  EXPECT_EQ(recovery.over, 0);
  // Chosen {1, 1, 2, 4}: five of six pairs concordant, one tied: 5 / sqrt(5 x 6).
  EXPECT_NEAR(recovery.tau_b.value(), 5 / std::sqrt(30.0), 1e-12);
}

TEST(RankRecovery, RatesChangesByWhereTheRankStood) {
  const RankRecovery recovery = rank_recovery(recovered_ranks()).value();
  EXPECT_EQ(recovery.under_flip_rate, 0.0);          // the third stays at 2 of 4, twice
  EXPECT_DOUBLE_EQ(*recovery.equal_flip_rate, 0.4);  // 1 stays twice, 2 -> 1, 8 stays, 8 -> 4
  EXPECT_EQ(recovery.over_flip_rate, 1.0);           // 4 -> 2 of 2
}

TEST(RankRecovery, HasNoTauWhereAllRanksAreEqualAndNoRateWhereNoneStood) {
  const RankRecovery recovery =
      rank_recovery({.steps = {0, 1}, .chosen = {{1, 1}, {1, 1}}, .truth = {1, 2}}).value();
  EXPECT_FALSE(recovery.tau_b.has_value());
  EXPECT_FALSE(recovery.over_flip_rate.has_value());
}

TEST(ChosenRanks, JoinsTheSitesOfARunFile) {
  const auto path =
      test::write_run(test_folder(), "a", test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1}));
  const ChosenRanks ranks = read_chosen_ranks(RunFile(path)).value();
  EXPECT_EQ(ranks.steps, (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(ranks.chosen[1], (std::vector<std::int64_t>{1, 2, 3, 1, 1, 2, 3, 1}));
  EXPECT_EQ(ranks.truth, (std::vector<std::int64_t>{1, 2, 3, 1, 2, 2, 1, 3}));
}

TEST(ChosenRanks, AreAbsentWhereNothingIsChosen) {
  const auto path = test::write_run(test_folder(), "a");
  EXPECT_FALSE(read_chosen_ranks(RunFile(path)).has_value());
}

TEST(ChosenRanks, HaveNoTruthWhereASiteHasNone) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  spec.layout.truth->sites[1].rank.clear();
  const auto path = test::write_run(test_folder(), "a", spec);
  const ChosenRanks ranks = read_chosen_ranks(RunFile(path)).value();
  EXPECT_TRUE(ranks.truth.empty());
  EXPECT_FALSE(rank_recovery(ranks).has_value());
}

}  // namespace
}  // namespace rankwise::analysis

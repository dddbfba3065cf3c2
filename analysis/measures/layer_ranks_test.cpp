#include "analysis/measures/layer_ranks.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::MatrixXd;
using Names = std::vector<std::string>;

std::optional<LayerRanks> read(const test::RunSpec& spec) {
  const auto folder = test_folder();
  test::write_run(folder, "a", spec);
  return layer_ranks(load_runs({folder}).groups.front());
}

TEST(LayerRanks, OfChosenRanksAreSharesOfTheLayersSites) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  spec.layout.sites[0].name = "layer.0.query";
  spec.layout.sites[1].name = "layer.0.key";
  spec.usage[1] = test::prefix_usage({3, 2, 3, 1});
  const auto ranks = read(spec);
  ASSERT_TRUE(ranks);
  EXPECT_TRUE(ranks->chosen);
  EXPECT_EQ(ranks->layers, Names{"0"});
  EXPECT_EQ(ranks->share[0], (MatrixXd(1, 3) << 0.5, 0, 0.5).finished());
  EXPECT_EQ(ranks->share[1], (MatrixXd(1, 3) << 0, 1, 0).finished());
}

TEST(LayerRanks, OfRoutedTokensAreSharesOfTokens) {
  const auto ranks = read(test::routed_run("routed", 0));
  ASSERT_TRUE(ranks);
  EXPECT_FALSE(ranks->chosen);
  EXPECT_EQ(ranks->layers, (Names{"0", "1"}));  // sites without a number: their places
  EXPECT_EQ(ranks->share[0], (MatrixXd(2, 3) << 1, 1, 0, 1, 1, 0).finished());
  EXPECT_FALSE(ranks->ordered);  // the second rank is the busiest, and stands first
  EXPECT_EQ(ranks->share[3], (MatrixXd(2, 3) << 1, 0, 1, 1, 0, 1).finished());
}

TEST(LayerRanks, ThatALayerDoesNotHaveAreNotUnused) {
  test::RunSpec spec = test::routed_run("routed", 0);
  spec.layout.sites[1].ranks = 2;
  spec.layout.sites[1].coactivation = false;
  SiteUsage& usage = spec.usage[1];
  usage = {};
  usage.count = usage.training_count = {10, 0, 0, 10, 10, 0, 0, 10};  // of ten tokens a task
  usage.gate_mass.assign(8, 10);
  usage.balance_bias = {0, 0};
  const auto ranks = read(spec);
  ASSERT_TRUE(ranks);
  EXPECT_EQ(ranks->share[0].row(1).head(2), Eigen::RowVector2d(1, 0));
  EXPECT_TRUE(std::isnan(ranks->share[0](1, 2)));
}

TEST(LayerRanks, AreNothingWhereEveryRankIsOn) {
  test::RunSpec plain = test::planted_run({3, 3, 3, 3}, {3, 3, 3, 3});
  for (SiteRecord& site : plain.layout.sites) site.selection = false;
  EXPECT_FALSE(read(plain));
}

}  // namespace
}  // namespace rankwise::analysis

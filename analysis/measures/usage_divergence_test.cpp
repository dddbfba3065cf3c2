#include "analysis/measures/usage_divergence.h"

#include "analysis/runs/test_runs.h"
#include "analysis/statistics/jensen_shannon.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"

#include <gtest/gtest.h>

#include <random>

namespace rankwise::analysis {
namespace {

/// Two tasks whose tokens choose among two ranks at one site.
test::RunSpec routed(std::int64_t seed, std::vector<std::uint64_t> count,
                     std::vector<std::uint64_t> half) {
  test::RunSpec spec{.seed = seed, .layout = test::small_layout()};
  spec.layout.sites = {{.name = "a", .in = 2, .out = 2, .ranks = 2, .coactivation = true}};
  SiteUsage usage{.count = count,
                  .gate_mass = std::vector<double>(4, 0),
                  .training_count = count,
                  .coactivation = std::vector<std::uint64_t>(4, 0),
                  .half_count = std::move(half)};
  spec.usage = {usage};
  return spec;
}

UsageDivergence read(const std::filesystem::path& folder) {
  return usage_divergence(load_runs({folder}).groups.front()).value();
}

TEST(UsageDivergence, IsOfATaskFromTheOthersBesideWhatItsHalvesLeadToExpect) {
  const auto folder = test_folder();
  test::write_run(folder, "a", routed(0, {8, 0, 4, 4}, {4, 0, 4, 0}));
  const UsageDivergence found = read(folder);
  // (1, 0) against (1/2, 1/2), both ways.
  EXPECT_NEAR(found.from_others(0, 0), 0.811278 - 0.5, 1e-6);
  EXPECT_NEAR(found.from_others(1, 0), 0.811278 - 0.5, 1e-6);
  EXPECT_TRUE(found.recorded);
  // The second task's halves share no rank: 1, of which a quarter is its own, for both.
  EXPECT_EQ(found.null()(0, 0), 0.25);
  EXPECT_EQ(found.null()(1, 0), 0.25);
  EXPECT_EQ(matched_null(found.halves.mean(), 2), 0.25);
}

TEST(UsageDivergence, DoesNotMindHowASeedNumbersItsRanks) {
  const auto folder = test_folder();
  test::write_run(folder, "a", routed(0, {8, 0, 0, 8}, {4, 0, 0, 4}));
  test::write_run(folder, "b", routed(1, {0, 8, 8, 0}, {0, 4, 4, 0}));
  const UsageDivergence found = read(folder);
  EXPECT_EQ(found.seeds, 2U);
  EXPECT_EQ(found.from_others(0, 0), 1) << "pooled over the seeds it would be 0";
}

TEST(UsageDivergence, ExpectsIndependentTokensWhereHalvesWereNotCounted) {
  const auto folder = test_folder();
  test::write_run(folder, "a", routed(0, {8, 0, 4, 4}, {}));
  const UsageDivergence found = read(folder);
  EXPECT_FALSE(found.recorded);
  EXPECT_EQ(found.null()(0, 0), expected_jensen_shannon(Eigen::Vector2d(4, 4)) / 4);
  EXPECT_EQ(found.null()(1, 0), found.null()(0, 0));
}

/// Tasks that use 16 ranks alike, by tokens that come in texts of five of one rank.
struct AlikeTasks {
  Eigen::MatrixXd count, half;

  explicit AlikeTasks(std::mt19937& random) : count(Eigen::MatrixXd::Zero(8, 16)), half(count) {
    std::uniform_int_distribution<int> rank(0, 15);
    for (Eigen::Index task = 0; task < count.rows(); ++task) {
      for (int text = 0; text < 200; ++text) {
        const int chosen = rank(random);
        count(task, chosen) += 5;
        if (text % 2 == 0) half(task, chosen) += 5;
      }
    }
  }
};

TEST(UsageDivergence, OfTasksThatAreAlikeIsItsNull) {
  std::mt19937 random(3);
  double found = 0, expected = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const AlikeTasks tasks(random);
    Eigen::VectorXd halves(8);
    for (Eigen::Index t = 0; t < 8; ++t) {
      const Eigen::VectorXd half = tasks.half.row(t), all = tasks.count.row(t);
      halves(t) = jensen_shannon(half, all - half);
      const Eigen::VectorXd others = tasks.count.colwise().sum().transpose() - all;
      found += jensen_shannon(all, others);
    }
    expected += matched_null(halves).sum();
  }
  EXPECT_NEAR(expected / found, 1, 0.05);
}

TEST(UsageDivergence, IsNothingWhereNoRankIsChosen) {
  const auto folder = test_folder();
  test::RunSpec plain = routed(0, {8, 8, 8, 8}, {});
  plain.layout.sites[0].coactivation = false;
  plain.usage[0].coactivation.clear();
  test::write_run(folder, "a", plain);
  EXPECT_FALSE(usage_divergence(load_runs({folder}).groups.front()));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/measures/rank_usage.h"

#include "analysis/runs/test_runs.h"
#include "analysis/statistics/test_matrix.h"
#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using test::matrix;

SiteUsage counts(std::vector<std::uint64_t> count, std::vector<std::int64_t> chosen) {
  SiteUsage usage;
  usage.gate_mass.assign(count.size(), 0);
  usage.training_count.assign(count.size(), 0);
  usage.probability.assign(count.size(), 0.5);
  usage.count = std::move(count);
  usage.chosen_rank = std::move(chosen);
  return usage;
}

test::RunSpec prefix_run(std::int64_t seed, std::int64_t chosen_second) {
  test::RunSpec spec{.seed = seed, .layout = test::small_layout()};
  spec.layout.sites = {{.name = "a", .in = 2, .out = 2, .ranks = 2, .selection = true},
                       {.name = "none", .in = 2, .out = 2},
                       {.name = "b", .in = 2, .out = 2, .ranks = 2, .selection = true}};
  // Four dev tokens of each task at each site.
  const std::uint64_t second = chosen_second == 2 ? 4 : 0;
  spec.usage = {counts({4, 0, 4, second}, {1, chosen_second}), {}, counts({4, 4, 4, 4}, {2, 2})};
  return spec;
}

TEST(RankUsage, AddsSeedsAndSitesAndAveragesTheChosenRank) {
  const auto folder = test_folder();
  test::write_run(folder, "a", prefix_run(0, 1));
  test::write_run(folder, "b", prefix_run(1, 2));
  const auto usage = read_usage(load_runs({folder}).groups.front());
  ASSERT_TRUE(usage.has_value());
  ASSERT_EQ(usage->sites.size(), 2U);  // the site without ranks is left out
  EXPECT_EQ(usage->sites[0].site, "a");
  EXPECT_EQ(usage->sites[0].share(), matrix({{1, 0}, {1, 0.5}}));
  EXPECT_EQ(usage->sites[0].chosen(1), 1.5);
  const RankUsage all = sum_over_sites(*usage);
  EXPECT_EQ(all.share(), matrix({{1, 0.5}, {1, 0.75}}));
  EXPECT_EQ(all.chosen(0), 1.5);
  EXPECT_EQ(all.chosen(1), 1.75);
}

TEST(RankUsage, RunsWithoutRanksHaveNone) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  EXPECT_FALSE(read_usage(load_runs({folder}).groups.front()).has_value());
}

}  // namespace
}  // namespace rankwise::analysis

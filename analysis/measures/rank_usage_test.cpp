#include "analysis/measures/rank_usage.h"

#include "analysis/runs/test_runs.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/test_matrix.h"
#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_TRUE(usage->ordered);
  ASSERT_EQ(usage->sites.size(), 2U);  // the site without ranks is left out
  EXPECT_EQ(usage->sites[0].site, "a");
  EXPECT_EQ(usage->sites[0].share(), matrix({{1, 0}, {1, 0.5}}));
  EXPECT_EQ(usage->sites[0].chosen(1), 1.5);
  const RankUsage all = sum_over_sites(*usage);
  EXPECT_EQ(all.share(), matrix({{1, 0.5}, {1, 0.75}}));
  EXPECT_EQ(all.chosen(0), 1.5);
  EXPECT_EQ(all.chosen(1), 1.75);
}

/// Two tasks whose tokens choose among three ranks at one site.
test::RunSpec token_run(std::int64_t seed, std::vector<std::uint64_t> count) {
  test::RunSpec spec{.seed = seed, .layout = test::small_layout()};
  for (TaskRecord& task : spec.layout.tasks) task.dev_tokens = 10;
  spec.layout.sites = {{.name = "a", .in = 2, .out = 2, .ranks = 3, .coactivation = true}};
  spec.usage = {counts(std::move(count), {})};
  spec.usage[0].coactivation.assign(9, 0);
  spec.usage[0].probability.clear();
  return spec;
}

TEST(RankUsage, RanksWithoutAnOrderAreAddedByTheirLoad) {
  const auto folder = test_folder();
  // The seeds use their ranks alike under other numbers, which must not cancel out.
  test::write_run(folder, "a", token_run(0, {10, 0, 0, 8, 2, 0}));
  test::write_run(folder, "b", token_run(1, {0, 0, 10, 0, 2, 8}));
  const auto usage = read_usage(load_runs({folder}).groups.front());
  ASSERT_TRUE(usage);
  EXPECT_FALSE(usage->ordered);
  EXPECT_EQ(usage->sites[0].share(), matrix({{1, 0, 0}, {0.8, 0.2, 0}}));
}

TEST(RankUsage, ARankThatSomeSitesLackIsSharedByTheTokensOfTheOthers) {
  test::RunSpec spec = prefix_run(0, 2);
  spec.layout.sites[0].ranks = 1;
  spec.usage[0] = counts({4, 4}, {1, 1});
  const auto folder = test_folder();
  test::write_run(folder, "a", spec);
  const auto usage = read_usage(load_runs({folder}).groups.front());
  EXPECT_EQ(usage->sites[0].share(), matrix({{1}, {1}}));
  EXPECT_EQ(sum_over_sites(*usage).share(), matrix({{1, 1}, {1, 1}}));
}

/// Three sites of two ranks and four dev tokens per task; at "a" every rank of both tasks is off.
test::RunSpec run_with_a_site_off() {
  test::RunSpec spec{.layout = test::small_layout()};
  spec.layout.sites.clear();
  for (const char* name : {"a", "b", "c"}) {
    spec.layout.sites.push_back({.name = name, .in = 2, .out = 2, .ranks = 2});
  }
  const auto plain = [](std::vector<std::uint64_t> count) {
    SiteUsage usage;
    usage.gate_mass.assign(count.begin(), count.end());
    usage.training_count = usage.count = std::move(count);
    return usage;
  };
  spec.usage = {plain({0, 0, 0, 0}), plain({4, 0, 4, 0}), plain({0, 4, 4, 0})};
  return spec;
}

TEST(RankUsage, ASiteThatIsOffCountsAmongTheSites) {
  const auto folder = test_folder();
  test::RunSpec spec = run_with_a_site_off();
  for (TaskRecord& task : spec.layout.tasks) task.dev_tokens = 4;
  test::write_run(folder, "a", spec);
  const auto usage = read_usage(load_runs({folder}).groups.front());
  ASSERT_TRUE(usage.has_value());
  EXPECT_FALSE(usage->has_gaps);
  EXPECT_EQ(usage->sites[0].share(), matrix({{0, 0}, {0, 0}}));
  const double third = 4.0 / 12;
  EXPECT_EQ(sum_over_sites(*usage).share(), matrix({{third, third}, {2 * third, 0}}));
}

TEST(RankUsage, FilesWithoutTokensLeaveASiteThatIsOffOutAndSaySo) {
  const auto folder = test_folder();
  test::write_run(folder, "a", run_with_a_site_off());
  const auto usage = read_usage(load_runs({folder}).groups.front());
  ASSERT_TRUE(usage.has_value());
  EXPECT_TRUE(usage->has_gaps);
  EXPECT_EQ(sum_over_sites(*usage).share(), matrix({{0.5, 0.5}, {1, 0}}));
}

TEST(RankUsage, RecordedTokensNeedNoRuleForTheChoice) {
  // Half of the tokens of each task use one rank, the others both: nothing follows from the counts.
  const auto folder = test_folder();
  test::RunSpec spec = run_with_a_site_off();
  spec.layout.sites.resize(1);
  spec.usage.resize(1);
  spec.usage[0].count = {4, 2, 4, 2};
  test::write_run(folder, "early", spec);
  EXPECT_THROW(read_usage(load_runs({folder}).groups.front()), UnknownTokens);
  for (TaskRecord& task : spec.layout.tasks) task.dev_tokens = 4;
  test::write_run(folder, "early", spec);
  const auto usage = read_usage(load_runs({folder}).groups.front());
  EXPECT_EQ(usage->sites[0].share(), matrix({{1, 0.5}, {1, 0.5}}));
}

TEST(RankUsage, GatesAreMeansOverTheTokensThatUsedTheRank) {
  const auto folder = test_folder();
  test::RunSpec spec = run_with_a_site_off();
  spec.usage[1].gate_mass = {1, 0, 3, 0};  // of four tokens each
  test::write_run(folder, "a", spec);
  const auto usage = read_usage(load_runs({folder}).groups.front());
  ASSERT_TRUE(usage.has_value());
  EXPECT_TRUE(has_soft_gates(*usage));
  const Eigen::MatrixXd gate = usage->sites[1].gate();
  EXPECT_EQ(gate(0, 0), 0.25);
  EXPECT_EQ(gate(1, 0), 0.75);
  EXPECT_TRUE(std::isnan(gate(0, 1)));
  // At site "c" four tokens of the second task use the first rank at gate one.
  EXPECT_EQ(sum_over_sites(*usage).gate()(1, 0), (3.0 + 4) / 8);
}

TEST(RankUsage, GatesOfZeroAndOneAreNotSoft) {
  const auto folder = test_folder();
  test::write_run(folder, "a", run_with_a_site_off());
  EXPECT_FALSE(has_soft_gates(*read_usage(load_runs({folder}).groups.front())));
}

TEST(RankUsage, RunsWithoutRanksHaveNone) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  EXPECT_FALSE(read_usage(load_runs({folder}).groups.front()).has_value());
}

}  // namespace
}  // namespace rankwise::analysis

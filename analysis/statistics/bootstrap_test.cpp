#include "analysis/statistics/bootstrap.h"

#include "analysis/statistics/robust.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

using Doubles = std::vector<double>;

double mean_of_first(const Strata& strata) { return mean_std(strata.front()).mean; }
double median_of_first(const Strata& strata) { return median(strata.front()); }

/// Mean over tasks of their means.
double mean_of_means(const Strata& strata) {
  double sum = 0;
  for (const auto& stratum : strata) sum += mean_std(stratum).mean;
  return sum / static_cast<double>(strata.size());
}

TEST(Bootstrap, IntervalsOfScipysReplicatesAreScipys) {
  const auto fixture = read_json(source_tree() / "tests/fixtures/statistics.json");
  for (const auto& example : fixture.at("bootstrap")) {
    const Statistic statistic = example["statistic"] == "mean" ? mean_of_first : median_of_first;
    const Strata strata = {example["values"].get<Doubles>()};
    const auto replicates = example["replicates"].get<Doubles>();
    const Interval percentile = percentile_interval(replicates, 0.95);
    EXPECT_NEAR(percentile.low, example["percentile"][0], 1e-12) << example["name"];
    EXPECT_NEAR(percentile.high, example["percentile"][1], 1e-12) << example["name"];
    const Doubles left_out = jackknife(strata, statistic);
    ASSERT_EQ(left_out.size(), example["jackknife"].size());
    for (std::size_t i = 0; i < left_out.size(); ++i) {
      EXPECT_NEAR(left_out[i], example["jackknife"][i], 1e-12) << example["name"];
    }
    const Interval bca = bca_interval(replicates, statistic(strata), left_out, 0.95);
    EXPECT_NEAR(bca.low, example["bca"][0], 1e-9) << example["name"];
    EXPECT_NEAR(bca.high, example["bca"][1], 1e-9) << example["name"];
  }
}

TEST(Bootstrap, DrawsValuesWithinTheirStratum) {
  // No resample can move a mean within a task of equal values, however far apart tasks are.
  const Interval interval =
      bootstrap_interval({{1, 1, 1}, {9, 9}}, mean_of_means, Seed(1),
                         {.method = BootstrapMethod::kPercentile, .resamples = 200});
  EXPECT_EQ(interval.low, 5);
  EXPECT_EQ(interval.high, 5);
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
  const Strata strata = {{1, 5, 2, 8, 4, 4}};
  const BootstrapOptions options{.resamples = 500};
  const Interval first = bootstrap_interval(strata, mean_of_first, Seed(1), options);
  const Interval again = bootstrap_interval(strata, mean_of_first, Seed(1), options);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_LT(first.low, 4);
  EXPECT_GT(first.high, 4);
}

TEST(Bootstrap, ReplicatesOnOneSideOfTheEstimateHaveNoBcaInterval) {
  EXPECT_TRUE(std::isnan(bca_interval({1, 2, 3}, 4, {1, 2, 3}, 0.95).low));
}

TEST(DrawIndices, ReachEveryIndexAlikeAndNoOther) {
  Random random = Seed(1).random();
  std::vector<std::uint32_t> drawn(30001);
  draw_indices(random, 3, drawn);
  for (const std::uint32_t index : {0U, 1U, 2U}) {
    const auto times = std::count(drawn.begin(), drawn.end(), index);
    EXPECT_NEAR(static_cast<double>(times), 10000, 330) << index;  // four deviations
  }
  EXPECT_EQ(*std::max_element(drawn.begin(), drawn.end()), 2U);
}

/// Share of 1,000 samples of 100 values whose interval holds the true mean.
double coverage(BootstrapMethod method, double (*draw)(Random&), double truth) {
  constexpr int kSamples = 1000;
  Random random = Seed(7).stream("samples").random();
  int covered = 0;
  for (int i = 0; i < kSamples; ++i) {
    Strata strata(1, Doubles(100));
    for (double& value : strata[0]) value = draw(random);
    const Seed seed = Seed(7).stream(static_cast<std::uint64_t>(i));
    const Interval interval =
        bootstrap_interval(strata, mean_of_first, seed, {.method = method, .resamples = 400});
    covered += interval.low <= truth && truth <= interval.high ? 1 : 0;
  }
  return static_cast<double>(covered) / kSamples;
}

double draw_normal(Random& random) { return random.normal(); }
double draw_exponential(Random& random) { return -std::log(1 - random.uniform()); }

TEST(BootstrapSimulation, PercentileIntervalsOfNormalValuesCover) {
  const double share = coverage(BootstrapMethod::kPercentile, draw_normal, 0);
  EXPECT_GE(share, 0.93);
  EXPECT_LE(share, 0.97);
}

TEST(BootstrapSimulation, BcaIntervalsOfSkewedValuesCover) {
  const double share = coverage(BootstrapMethod::kBca, draw_exponential, 1);
  EXPECT_GE(share, 0.93);
  EXPECT_LE(share, 0.97);
}

}  // namespace
}  // namespace rankwise::analysis

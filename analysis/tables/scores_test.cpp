#include "analysis/tables/scores.h"

#include "analysis/output/test_output.h"
#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using test::write_run;

using Texts = std::vector<std::string>;

TEST(ScoresTable, OneSeedShowsJustItsValues) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  const Table table = scores_table(load_runs({folder}));
  EXPECT_EQ(table.header,
            (Texts{"method", "cola", "sst2", "average", "total", "trainable", "active", "router"}));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(texts(table.rows[0]),
            (Texts{"alpha", "50.0", "90.0", "70.0", "1,234,567", "12,345", "600", "7"}));
  EXPECT_TRUE(has_footer(table, "Seeds: 1 (0), so that no spread is known."));
}

TEST(ScoresTable, HasTheCostsThatRunsRecorded) {
  const fs::path folder = test_folder();
  write_run(folder, "a",
            {.attributes = {{"stored_parameters", 4000}, {"update_flops_per_token", 5000}}});
  write_run(folder, "b", {.label = "early"});
  const Table table = scores_table(load_runs({folder}));
  EXPECT_EQ(Texts(table.header.end() - 2, table.header.end()), (Texts{"stored", "FLOPs/token"}));
  EXPECT_EQ(table.rows[0].back().text, "5,000");
  EXPECT_EQ(table.rows[1].back().text, "–");
}

TEST(ScoresTable, AnotherMetricCanLeadItsTask) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  const RunSet runs = load_runs({folder});
  lead_with(runs, {"cola/accuracy"});
  const Table table = scores_table(runs, {.metrics = {"cola/matthews"}});
  EXPECT_EQ(table.header[4], "cola/matthews");
  EXPECT_EQ(table.rows[0][4].text, "50.0") << "the one that was recorded first";
  EXPECT_TRUE(has_footer(table, "Metrics: cola, sst2 accuracy × 100"));
  EXPECT_NE(error_of([&] { lead_with(runs, {"cola"}); }).find("cola"), std::string::npos);
}

TEST(ScoresTable, SeedsGiveMeanAndSampleDeviation) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.seed = 0, .test_scores = {{"cola", 0.50}, {"sst2", 0.9}}});
  write_run(folder, "b", {.seed = 1, .test_scores = {{"cola", 0.54}, {"sst2", 0.9}}});
  const Table table = scores_table(load_runs({folder}));
  // Deviation of 50 and 54 is 2.83; of their averages 70 and 72 it is 1.41.
  EXPECT_EQ(table.rows[0][1].text, "52.0 ± 2.8");
  EXPECT_EQ(table.rows[0][2].text, "90.0 ± 0.0");
  EXPECT_EQ(table.rows[0][3].text, "71.0 ± 1.4");
  EXPECT_EQ(table.rows[0][1].value->count, 2U);
  EXPECT_TRUE(has_footer(table, "Seeds: 2 (0, 1). Cells are mean ± sample standard deviation"));
}

TEST(ScoresTable, TheLastParametersAndTheDevSplitCanBeChosen) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  const Table table = scores_table(load_runs({folder}), {.split = "dev", .parameters = "last"});
  EXPECT_EQ(table.rows[0][1].text, "40.0");
  EXPECT_TRUE(has_footer(table, "Split: dev; parameters: of the last step."));
}

TEST(ScoresTable, OtherMetricsStandBesideTheFirstAndInNoAverage) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  const RunSet runs = load_runs({folder});
  const Table table = scores_table(runs, {.metrics = {"cola/accuracy"}});
  EXPECT_EQ(Texts(table.header.begin() + 1, table.header.begin() + 5),
            (Texts{"cola", "sst2", "average", "cola/accuracy"}));
  const Texts cells = texts(table.rows[0]);
  EXPECT_EQ(Texts(cells.begin() + 1, cells.begin() + 5), (Texts{"50.0", "90.0", "70.0", "50.0"}));
  EXPECT_EQ(error_of([&] { scores_table(runs, {.metrics = {"cola/pass_at_1"}}); }),
            "no run has the score cola/pass_at_1 on test with the best parameters; of this task "
            "there are: cola/accuracy, cola/matthews; rankwise execute runs generated programs");
  EXPECT_EQ(error_of([&] { scores_table(runs, {.metrics = {"cola"}}); }),
            "'cola' is no score of a metric; expected task/metric, as in code/pass_at_1");
}

TEST(ScoresTable, FootersSayHowItWasMeasured) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  write_run(folder, "b", {.seed = 1});
  write_run(folder, "c", {.label = "beta"});
  write_run(folder, "d", {.label = "gamma"});
  test::write_failed_run(folder, "e", {.label = "beta", .seed = 1}, "loss is nan\nsecond line");
  const Table table = scores_table(load_runs({folder}));
  EXPECT_TRUE(has_footer(table, "Seeds: 1 (0); alpha: 2 (0, 1). Cells are mean ±"));
  EXPECT_TRUE(has_footer(table, "cola matthews × 100; sst2 accuracy × 100"));
  EXPECT_TRUE(has_footer(table, "best (highest average on dev)"));
  EXPECT_TRUE(has_footer(table, "Backbone: tiny; suite: planted; steps: 4."));
  EXPECT_TRUE(has_footer(table, "Protocol: protocol-a."));
  EXPECT_TRUE(has_footer(table, "small-scale: 2 tasks"));
  EXPECT_TRUE(has_footer(table, "Failed: beta, seed 1: loss is nan"));
  EXPECT_FALSE(has_footer(table, "second line"));
}

TEST(ScoresTable, ATaskWithoutAScoreIsADashAndTakesTheAverageAway) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.test_scores = {{"cola", 0.5}}});
  const Table table = scores_table(load_runs({folder}));
  EXPECT_EQ(table.rows[0][2].text, "–");
  EXPECT_EQ(table.rows[0][3].text, "–");
}

RunLayout layout_of_metrics(const std::string& first, const std::string& second) {
  RunLayout layout = test::small_layout();
  layout.tasks[0].metrics = {first};
  layout.tasks[1].metrics = {second};
  return layout;
}

TEST(ScoresTable, ErrorsArePrintedAsTheyAreWithAnArrow) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.layout = layout_of_metrics("relative_error", "relative_error")});
  const Table table = scores_table(load_runs({folder}));
  EXPECT_EQ(table.header[1], "cola ↓");
  EXPECT_EQ(table.header[3], "average ↓");
  EXPECT_EQ(table.rows[0][1].text, "0.500");
  EXPECT_EQ(table.rows[0][3].text, "0.700");
}

TEST(ScoresTable, ErrorsAndAccuraciesHaveNoAverage) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.layout = layout_of_metrics("relative_error", "accuracy")});
  const Table table = scores_table(load_runs({folder}));
  EXPECT_EQ(std::count(table.header.begin(), table.header.end(), "average"), 0);
  EXPECT_TRUE(has_footer(table, "No average"));
}

TEST(ScoresTable, RefusesToMixProtocolsUnlessTheyAreMarked) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  write_run(folder, "b", {.label = "beta", .attributes = {{"protocol_hash", "protocol-b"}}});
  const RunSet set = load_runs({folder});
  const std::string text = error_of([&] { scores_table(set); });
  for (const char* part : {"'alpha'", "protocol-a", "'beta'", "protocol-b"}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  const Table table = scores_table(set, {.allow_mixed = true});
  EXPECT_EQ(table.rows[0][1].text, "50.0");
  EXPECT_EQ(table.rows[1][1].text, "50.0†");
  EXPECT_TRUE(has_footer(table, "† protocol protocol-b: not comparable"));
}

/// Both tasks by accuracy, so that the predictions say it all.
test::RunSpec accuracies(const std::string& label, std::int64_t seed, int cola, int sst2) {
  test::RunSpec spec{.label = label, .seed = seed};
  spec.layout = layout_of_metrics("accuracy", "accuracy");
  spec.test_scores = {{"cola", cola / 200.0}, {"sst2", sst2 / 200.0}};
  spec.predictions = {{"cola", test::first_right(cola)}, {"sst2", test::first_right(sst2)}};
  return spec;
}

TEST(ScoresTable, TheBestIsBoldOnlyWhereItIsSignificant) {
  const fs::path folder = test_folder();
  for (const int seed : {0, 1, 2}) {
    write_run(folder, fmt::format("a{}", seed), accuracies("a", seed, 150 + seed, 101));
    write_run(folder, fmt::format("b{}", seed), accuracies("b", seed, 110 + 2 * seed, 100));
    write_run(folder, fmt::format("c{}", seed), accuracies("c", seed, 20, 20));
  }
  const Table table = scores_table(load_runs({folder}));
  EXPECT_TRUE(table.rows[0][1].bold);   // 40 examples of 200 above the runner-up
  EXPECT_FALSE(table.rows[0][2].bold);  // one example
  EXPECT_TRUE(table.rows[0][3].bold);
  EXPECT_FALSE(table.rows[1][1].bold);
  EXPECT_TRUE(has_footer(table,
                         "Bold: best of its column and ahead of the runner-up with p < 0.05 "
                         "in a paired bootstrap over seeds and examples"));
  EXPECT_NE(to_markdown(table).find("**75.5 ± 0.5**"), std::string::npos);
}

TEST(ScoresTable, OneSeedIsTestedOverExamplesAndSaysSo) {
  const fs::path folder = test_folder();
  write_run(folder, "a", accuracies("a", 0, 150, 100));
  write_run(folder, "b", accuracies("b", 0, 110, 100));
  const Table table = scores_table(load_runs({folder}));
  EXPECT_TRUE(table.rows[0][1].bold);
  EXPECT_FALSE(table.rows[0][2].bold);
  EXPECT_FALSE(table.rows[1][2].bold);
  EXPECT_TRUE(has_footer(table,
                         "paired bootstrap over examples (2000 resamples, Holm's correction "
                         "over 3 columns); one seed says nothing of others."));
}

TEST(ScoresTable, SeedsThatDisagreeKeepTheBestFromBeingBold) {
  // Over examples alone the difference would be sure; the t-interval over three seeds holds 0.
  const fs::path folder = test_folder();
  for (const int seed : {0, 1, 2}) {
    write_run(folder, fmt::format("a{}", seed), accuracies("a", seed, 120 + 30 * seed, 100));
    write_run(folder, fmt::format("b{}", seed), accuracies("b", seed, 115, 100));
  }
  const Table table = scores_table(load_runs({folder}));
  EXPECT_FALSE(table.rows[0][1].bold);
  EXPECT_TRUE(has_footer(table, "Nothing is bold"));
}

TEST(ScoresTable, RunsOfDifferentExamplesAreNotTestedAndSaidSo) {
  const fs::path folder = test_folder();
  write_run(folder, "a", accuracies("a", 0, 150, 100));
  test::RunSpec other = accuracies("b", 0, 110, 100);
  other.predictions["cola"].pop_back();
  write_run(folder, "b", other);
  EXPECT_TRUE(has_footer(scores_table(load_runs({folder})),
                         "Not tested, for the runs do not share their examples, or do not hold "
                         "what the metric is made from: cola, average."));
}

TEST(ScoresTable, RowsCanBeAnyAxisOfTheConfig) {
  const fs::path folder = test_folder();
  const auto with_rank = [](int rank) {
    return nlohmann::json{{"config", {{"options", {{"rank", rank}}}}}};
  };
  write_run(folder, "a", {.label = "a", .attributes = with_rank(16)});
  write_run(folder, "b", {.label = "b", .attributes = with_rank(2)});
  write_run(folder, "c", {.label = "c", .attributes = with_rank(2)});
  const RunSet set = load_runs({folder});
  const Table table = scores_table(set, {.rows = "options.rank", .where = {"label=b"}});
  EXPECT_EQ(table.header[0], "options.rank");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0][0].text, "2");
  EXPECT_NE(error_of([&] {
              scores_table(set, {.rows = "options.rank"});
            }).find("would hold two runs of seed 0, 'b' and 'c'"),
            std::string::npos);
}

TEST(ScoresTable, ScoresThatNoRunHasAreAnErrorThatNamesThoseRecorded) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.test_scores = {}});
  EXPECT_NE(error_of([&] {
              scores_table(load_runs({folder}));
            }).find("no run has scores of the test split"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

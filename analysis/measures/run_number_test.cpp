#include "analysis/measures/run_number.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(RunScore, AverageIsTheMeanOfTheFirstMetrics) {
  const auto folder = test_folder();
  const RunFile file(test::write_run(folder, "a", test::routed_run("routed", 0)));
  EXPECT_DOUBLE_EQ(run_score(file, {}).value(), 0.3);  // of 0.2, 0.4, 0.2, 0.4
  EXPECT_DOUBLE_EQ(run_score(file, {.measure = "p1"}).value(), 0.4);
  EXPECT_DOUBLE_EQ(run_score(file, {.parameters = "last"}).value(), 0.2);
  EXPECT_DOUBLE_EQ(run_score(file, {.measure = "load_max_over_mean"}).value(), 1.5);
  EXPECT_FALSE(run_score(file, {.measure = "tau_b"}));
}

TEST(RunScore, IsNamedWithItsDirection) {
  const auto folder = test_folder();
  test::write_run(folder, "a", test::routed_run("routed", 0));
  const RunSet runs = load_runs({folder});
  EXPECT_EQ(score_name(runs, {}).text, "mean test relative error");
  EXPECT_FALSE(score_name(runs, {}).higher_is_better.value());
  EXPECT_EQ(score_name(runs, {}).factor, 1);
  EXPECT_FALSE(score_name(runs, {.measure = "tau_b"}).higher_is_better.has_value());
}

TEST(RunScore, IsDrawnAsTablesPrintIt) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  const ScoreName score = score_name(load_runs({folder}), {.measure = "sst2"});
  EXPECT_EQ(score.text, "test accuracy of sst2 × 100");
  EXPECT_EQ(score.factor, 100);
}

TEST(RunScore, HeadingSpeaksOfAnIntervalOnlyWhereThereIsOne) {
  EXPECT_EQ(score_heading({"error", false}, false), "One seed; lower is better");
  EXPECT_NE(score_heading({"accuracy", true}, true).find("t-interval; higher is better"),
            std::string::npos);
}

TEST(RunScore, AnAverageNeedsEveryTask) {
  const auto folder = test_folder();
  test::RunSpec spec;
  spec.test_scores.erase("cola");
  const RunFile file(test::write_run(folder, "a", spec));
  EXPECT_FALSE(run_score(file, {}));
  EXPECT_DOUBLE_EQ(run_score(file, {.measure = "sst2"}).value(), 0.9);
}

TEST(RunScore, UnknownNamesListTheKnownOnes) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  const RunSet runs = load_runs({folder});
  const std::string text = error_of([&] { score_name(runs, {.measure = "colaa"}); });
  EXPECT_NE(
      text.find(
          "unknown measure 'colaa' (did you mean 'cola'?); the measures are average, cola, sst2"),
      std::string::npos)
      << text;
}

TEST(RunScore, MetricsThatRiseAndFallHaveNoAverage) {
  const auto folder = test_folder();
  test::RunSpec spec{.layout = test::small_layout()};
  spec.layout.tasks[0].metrics = {"relative_error"};
  test::write_run(folder, "a", spec);
  const RunSet runs = load_runs({folder});
  EXPECT_NE(error_of([&] { score_name(runs, {}); }).find("--set measure=cola"), std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

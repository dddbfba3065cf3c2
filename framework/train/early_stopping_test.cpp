#include "framework/train/early_stopping.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <limits>

namespace rankwise {
namespace {

using ::testing::HasSubstr;

Dataset scored_tasks() {
  Dataset dataset;
  dataset.tasks.resize(2);
  dataset.tasks[0].task = {.name = "a", .metrics = {"accuracy"}};
  dataset.tasks[1].task = {.name = "b", .metrics = {"relative_error"}};
  return dataset;
}

ScoresByTask dev_scores(double accuracy, double error) {
  return {{"a", {{"accuracy", accuracy}}}, {"b", {{"relative_error", error}}}};
}

// The evaluation, counted from one, after which training ends; 0: none.
std::int64_t end_of(const EarlyStoppingOptions& options, const std::vector<ScoresByTask>& course) {
  const Dataset dataset = scored_tasks();
  EarlyStopping stopping(options, dataset);
  for (std::size_t i = 0; i < course.size(); ++i) {
    stopping.see(static_cast<std::int64_t>(i), course[i]);
    if (stopping.is_due()) return static_cast<std::int64_t>(i) + 1;
  }
  return 0;
}

std::vector<ScoresByTask> accuracies(const std::vector<double>& values) {
  std::vector<ScoresByTask> course;
  for (const double value : values) course.push_back(dev_scores(value, 0));
  return course;
}

TEST(EarlyStopping, EndsAfterEvaluationsInARowWithoutImprovement) {
  const EarlyStoppingOptions two{.patience = 2};
  EXPECT_EQ(end_of(two, accuracies({0.5, 0.4, 0.6, 0.5, 0.6, 0.7})), 5) << "a tie is no gain";
  EXPECT_EQ(end_of(two, accuracies({0.5, 0.4, 0.6, 0.5, 0.7, 0.6})), 0);
  EXPECT_EQ(end_of({}, accuracies({0.5, 0.4, 0.3, 0.2})), 0) << "no patience: never";
}

TEST(EarlyStopping, CountsOnlyGainsBeyondTheSmallest) {
  // The second is better by less than 0.1, the third by more.
  EXPECT_EQ(end_of({.patience = 2, .metric = "a/accuracy", .min_delta = 0.1},
                   accuracies({0.5, 0.55, 0.65, 0.7, 0.72})),
            5);
}

TEST(EarlyStopping, MayFollowOneMetricInItsSense) {
  const EarlyStoppingOptions error{.patience = 1, .metric = "b/relative_error"};
  EXPECT_EQ(end_of(error, {dev_scores(0.9, 0.5), dev_scores(0.1, 0.4), dev_scores(0.9, 0.45)}), 3);
}

TEST(EarlyStopping, TakesANumberForBetterThanNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(end_of({.patience = 2}, accuracies({nan, 0.1, 0.2})), 0);
}

TEST(EarlyStopping, SaysWhy) {
  const Dataset dataset = scored_tasks();
  EarlyStopping stopping({.patience = 1, .metric = "b/relative_error", .min_delta = 0.01}, dataset);
  stopping.see(10, dev_scores(0, 0.25));
  stopping.see(20, dev_scores(0, 0.245));
  EXPECT_TRUE(stopping.is_due());
  EXPECT_EQ(
      stopping.reason(),
      "b/relative_error is not below 0.25 (step 10) by more than 0.01 after 1 more evaluations");
  EXPECT_EQ(stopping.facts(), (nlohmann::json{{"metric", "b/relative_error"},
                                              {"best", 0.25},
                                              {"best_step", 10},
                                              {"min_delta", 0.01},
                                              {"evaluations", 1}}));
}

TEST(EarlyStopping, RefusesAMetricThatNothingIsScoredBy) {
  const Dataset dataset = scored_tasks();
  EXPECT_THAT(error_of([&] { EarlyStopping({.patience = 1, .metric = "a/f1"}, dataset); }),
              HasSubstr("the scores are selection, a/accuracy, b/relative_error"));
}

}  // namespace
}  // namespace rankwise

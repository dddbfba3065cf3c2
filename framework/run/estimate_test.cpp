// What a study will take, from what its distinct runs were found to take.

#include "framework/run/estimate.h"

#include "framework/run/test_runs.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

PlannedRun planned_run_with(const std::string& pointer, const json& value,
                            std::int64_t largest_rows = 10) {
  return {job_of(changed(pointer, value), "results"), {.largest_rows = largest_rows}};
}

TEST(CostGroups, HoldRunsThatDifferInNothingThatTakesTime) {
  const std::vector<CostGroup> groups =
      cost_groups({planned_run_with("/seed", 0), planned_run_with("/options/rank", 16),
                   planned_run_with("/seed", 1, 12), planned_run_with("/train/learning_rate", 0.5),
                   planned_run_with("/label", "other"), planned_run_with("/options/rank", 16),
                   planned_run_with("/train/batch", 8), planned_run_with("/adapter_seed", 3)});
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_THAT(groups[0].runs, ElementsAre(0, 2, 3, 4, 7));
  EXPECT_EQ(groups[0].calibrated, 2U) << "the one with the largest batch";
  EXPECT_THAT(groups[1].runs, ElementsAre(1, 5));
  EXPECT_EQ(groups[1].calibrated, 1U);
  EXPECT_THAT(groups[2].runs, ElementsAre(6));
}

TEST(CostGroups, PartByWhatTakesTimeOrMemory) {
  const std::vector<PlannedRun> runs{planned_run_with("/seed", 0),
                                     planned_run_with("/variant", "smora"),  // the same
                                     planned_run_with("/backbone/layers", 2),
                                     planned_run_with("/data/options", {{"tasks", 3}}),
                                     planned_run_with("/data/dev_rows", 5),
                                     planned_run_with("/train/precision", "fp64"),
                                     planned_run_with("/train/micro_batch", 4),
                                     planned_run_with("/train/steps", 4),
                                     planned_run_with("/train/evaluations", 4),
                                     planned_run_with("/train/gradient_checkpointing", true),
                                     planned_run_with("/record/gradients", true),
                                     planned_run_with("/sites", {"layer.0"})};
  EXPECT_EQ(cost_groups(runs).size(), runs.size() - 1);
}

TEST(CostGroups, LookPastOptionsThatTakeNoTime) {
  const std::vector<std::pair<std::string, json>> free{{"label", "x"},
                                                       {"group", "x"},
                                                       {"seed", 5},
                                                       {"adapter_seed", 5},
                                                       {"train/warmup", 0},
                                                       {"train/learning_rate", 0.5},
                                                       {"train/epsilon", 1e-3},
                                                       {"train/beta1", 0},
                                                       {"train/head_learning_rate", 0.5},
                                                       {"train/weight_decay", 1},
                                                       {"train/beta2", 0},
                                                       {"train/schedule", "cosine"}};
  for (const auto& [place, value] : free) {
    const auto groups =
        cost_groups({planned_run_with("/seed", 0), planned_run_with("/" + place, value)});
    EXPECT_EQ(groups.size(), 1U) << place;
  }
}

TEST(RunTime, IsThatOfItsParts) {
  const RunPlan plan{.training = {10, 20, 1000},
                     .evaluation = {4, 400, 100},
                     .second_evaluation = {2, 200, 0},
                     .writing = {30, 200, 60},
                     .second_writing = {10, 100, 20}};
  const Calibration calibration{.setup_seconds = 3,
                                .training = {0.1, 0.2, 0.01},
                                .evaluation = {0.5, 0.01, 0.02},
                                .writing = {0.1, 0.02, 0.05}};
  const RunTime time = run_time(plan, calibration);
  EXPECT_DOUBLE_EQ(time.least, 3 + (1 + 4 + 10) + (2 + 4 + 2) + (3 + 4 + 3));
  EXPECT_DOUBLE_EQ(time.most, time.least + (1 + 2) + (1 + 2 + 1));
}

TEST(StudyTime, IsThatOfTheLastToEnd) {
  EXPECT_EQ(time_of_all({5, 1, 1, 1}, 1), 8);
  EXPECT_EQ(time_of_all({5, 1, 1, 1}, 2), 5);
  EXPECT_EQ(time_of_all({1, 1, 1, 5}, 2), 6) << "in this order";
  EXPECT_EQ(time_of_all({}, 2), 0);
}

TEST(StudyMemory, IsThatOfTheLargestAtATime) {
  EXPECT_EQ(most_at_a_time({1, 4, 2, 3}, 2), 7);
  EXPECT_EQ(most_at_a_time({1, 4}, 5), 5);
}

TEST(TimeText, HasTheUnitThatReads) {
  EXPECT_EQ(time_text(0.04), "0.0 s");
  EXPECT_EQ(time_text(59.6), "60 s");
  EXPECT_EQ(time_text(130), "2.2 min");
  EXPECT_EQ(time_text(7300), "2.0 h");
}

}  // namespace
}  // namespace rankwise

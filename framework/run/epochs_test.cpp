// Whole runs by the papers' clock: epochs, and ends before the planned step.

#include "framework/run/plan.h"
#include "framework/run/stopped_run.h"
#include "framework/run/test_runs.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::HasSubstr;

// Three tasks of ten examples: batches of 4, 4 and 2 each.
json run_with(const json& train) {
  json all{{"batch", 4}, {"learning_rate", 1e-2}, {"evaluations", 2}};
  all.update(train);
  return {
      {"variant", "smora"},
      {"options", {{"rank", 4}, {"active", 2}, {"dropout", 0.1}}},
      {"seed", 3},
      {"backbone", {{"name", "tiny"}}},
      {"data",
       {{"suite", "planted"}, {"options", {{"tasks", 3}, {"train", 10}, {"dev", 8}, {"test", 8}}}}},
      {"train", all},
      {"record", {{"samples", 0}, {"parameters", "both"}}}};
}

TEST(Epochs, ComeToStepsOverEveryExample) {
  const RunJob job = job_of(run_with({{"epochs", 2}}), test_folder());
  const RunPlan planned = plan(job);
  EXPECT_EQ(planned.steps, 2 * 9);
  ASSERT_EQ(execute(job), RunOutcome::kFinished);
  const RunFile run(run_file(job));
  EXPECT_EQ(run.attributes().at("steps"), 18);
  EXPECT_THAT(run.attributes().at("scale_note").get<std::string>(),
              HasSubstr("3 tasks, 2 epochs in 18 steps of 4 examples"));
  const auto steps = run.steps();
  ASSERT_EQ(steps.size(), 18U);
  std::vector<std::int64_t> rows(3, 0);
  for (const StepRecord& step : steps) rows[step.task] += step.tokens;
  EXPECT_THAT(rows, Each(2 * 10)) << "a planted example is one row";
  EXPECT_EQ(run.attributes().at("training_tokens"), planned.training_tokens);
  EXPECT_EQ(run.evaluations().front().step, 9) << "after the first epoch";
}

TEST(Epochs, AreResumedWhereTheyWereCut) {
  const auto folder = test_folder();
  const RunJob uncut = job_of(run_with({{"epochs", 2}}), folder / "uncut");
  execute(uncut);
  for (const std::int64_t count : {3, 8, 15, 20}) {
    const RunJob job = job_of(run_with({{"epochs", 2}}), folder / std::to_string(count));
    ASSERT_EQ(execute(job, stop_at(count)), RunOutcome::kStopped);
    ASSERT_EQ(execute(job), RunOutcome::kFinished);
    expect_same(job, uncut, fmt::format("stopped at the request {}", count));
  }
}

TEST(Epochs, AreAnotherProtocolThanSteps) {
  const auto folder = test_folder();
  const RunJob epochs = job_of(run_with({{"epochs", 2}}), folder);
  const RunJob steps = job_of(run_with({{"steps", 18}}), folder);
  EXPECT_NE(epochs.identity.config_hash, steps.identity.config_hash);
  EXPECT_NE(epochs.identity.protocol_hash, steps.identity.protocol_hash);
}

// Half of what any score can be: no evaluation gains so much.
const json kStopping{
    {"steps", 40}, {"evaluations", 8}, {"early_stopping", {{"patience", 2}, {"min_delta", 0.5}}}};

TEST(EarlyStoppedRun, IsFinishedAndSaysWhere) {
  const RunJob job = job_of(run_with(kStopping), test_folder());
  testing::internal::CaptureStderr();
  ASSERT_EQ(execute(job), RunOutcome::kFinished);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("smora seed 3  ends early at step 15 of 40: selection is not above"));
  const RunFile run(run_file(job));
  EXPECT_EQ(run.status(), "finished");
  EXPECT_EQ(run.steps().size(), 15U);
  EXPECT_EQ(run.evaluation_count(), 3U);
  EXPECT_EQ(run.attributes().at("steps"), 40) << "those planned";
  const json why = run.attributes().at("ended_early");
  EXPECT_EQ(why.at("step"), 15);
  EXPECT_EQ(why.at("best_step"), 5);
  EXPECT_EQ(why.at("evaluations"), 2);
}

TEST(EarlyStoppedRun, KeepsTheScheduleOfThePlannedSteps) {
  const auto folder = test_folder();
  const RunJob stopped = job_of(run_with(kStopping), folder);
  execute(stopped);
  json whole = kStopping;
  whole.erase("early_stopping");
  const RunJob uncut = job_of(run_with(whole), folder);
  execute(uncut);
  const auto few = RunFile(run_file(stopped)).steps();
  const auto all = RunFile(run_file(uncut)).steps();
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].learning_rate, all[i].learning_rate) << i;
    EXPECT_EQ(few[i].loss, all[i].loss) << i;
  }
  EXPECT_FALSE(RunFile(run_file(uncut)).attributes().contains("ended_early"));
}

// Also where it was cut after its last evaluation.
TEST(EarlyStoppedRun, IsResumedExactly) {
  const auto folder = test_folder();
  const RunJob uncut = job_of(run_with(kStopping), folder / "uncut");
  execute(uncut);
  std::int64_t count = 1;
  for (;; ++count) {
    const RunJob job = job_of(run_with(kStopping), folder / std::to_string(count));
    const RunOutcome outcome = execute(job, stop_at(count));
    if (outcome == RunOutcome::kFinished) break;
    ASSERT_EQ(execute(job), RunOutcome::kFinished);
    expect_same(job, uncut, fmt::format("stopped at the request {}", count));
  }
  EXPECT_GT(count, 20) << "it was hardly ever asked";
}

TEST(EarlyStoppedRun, RefusesAMetricThatNothingIsScoredBy) {
  json train = kStopping;
  train["early_stopping"]["metric"] = "planted0/f1";
  EXPECT_THAT(error_of([&] { execute(job_of(run_with(train), test_folder())); }),
              HasSubstr("nothing is scored as 'planted0/f1'"));
}

}  // namespace
}  // namespace rankwise

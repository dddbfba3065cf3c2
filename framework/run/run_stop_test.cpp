// Whole runs that are stopped: nothing is lost, and the rest has the bits of an uncut run.

#include "framework/run/stopped_run.h"
#include "framework/run/test_runs.h"
#include "framework/train/checkpoint.h"

#include <gmock/gmock.h>

#include <sstream>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

json small_run(std::int64_t steps) {
  return {
      {"variant", "smora"},
      {"options", {{"rank", 4}, {"active", 2}, {"dropout", 0.1}}},
      {"seed", 3},
      {"backbone", {{"name", "tiny"}}},
      {"data",
       {{"suite", "planted"}, {"options", {{"tasks", 3}, {"train", 32}, {"dev", 8}, {"test", 8}}}}},
      {"train",
       {{"steps", steps},
        {"batch", 4},
        {"learning_rate", 1e-2},
        {"evaluations", 3},
        {"evaluate_at_start", true}}},
      {"record", {{"samples", 1}, {"gradients", true}, {"parameters", "both"}}}};
}

std::vector<std::string> names_beside(const RunJob& job) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(run_file(job).parent_path())) {
    const std::string name = entry.path().filename();
    names.push_back(name.substr(name.rfind('-') + 11));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A run asks after every step and before every batch of an evaluation: each is tried.
TEST(StoppedRun, IsResumedExactlyWhereverItWasStopped) {
  const auto folder = test_folder();
  const RunJob uncut = job_of(small_run(6), folder / "uncut");
  ASSERT_EQ(execute(uncut), RunOutcome::kFinished);
  std::int64_t count = 1;
  for (;; ++count) {
    const RunJob job = job_of(small_run(6), folder / std::to_string(count));
    const RunOutcome outcome = execute(job, stop_at(count));
    if (outcome == RunOutcome::kFinished) break;
    ASSERT_EQ(outcome, RunOutcome::kStopped);
    EXPECT_FALSE(std::filesystem::exists(run_file(job)));
    ASSERT_EQ(execute(job), RunOutcome::kFinished);
    expect_same(job, uncut, fmt::format("stopped at the request {}", count));
  }
  EXPECT_GT(count, 20) << "it was hardly ever asked";
}

TEST(StoppedRun, MayBeStoppedAgainAndAgain) {
  const auto folder = test_folder();
  const RunJob uncut = job_of(small_run(40), folder / "uncut");
  execute(uncut);
  const RunJob job = job_of(small_run(40), folder / "cut");
  int attempts = 0;
  while (execute(job, stop_at(20)) == RunOutcome::kStopped) ASSERT_LT(++attempts, 100);
  EXPECT_GE(attempts, 2);
  expect_same(job, uncut, "stopped again and again");
  EXPECT_THAT(names_beside(job), ElementsAre(".best.safetensors", ".h5", ".safetensors"));
}

TEST(StoppedRun, StartsFromScratchWhereItKeepsNoCheckpoints) {
  json run = small_run(6);
  run["record"]["checkpoints"] = false;
  const RunJob job = job_of(run, test_folder());
  testing::internal::CaptureStderr();
  EXPECT_EQ(execute(job, stop_at(12)), RunOutcome::kStopped);
  EXPECT_EQ(execute(job), RunOutcome::kFinished);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("record.checkpoints is false"), said.npos) << said;
  EXPECT_EQ(said.find("resuming"), said.npos) << said;
}

// The files of the checkpoints as they are when the run is asked for the `count`th time.
std::vector<std::int64_t> steps_saved(const json& run, std::int64_t count) {
  const RunJob job = job_of(run, test_folder());
  std::vector<std::int64_t> steps;
  execute(job, [&, left = count]() mutable {
    if (--left != 0) return false;
    for (const auto path : {checkpoint_path, older_checkpoint_path}) {
      const auto file = path(run_file(job));
      if (std::filesystem::exists(file)) steps.push_back(Checkpoint(file).step());
    }
    return true;
  });
  return steps;
}

TEST(Checkpoints, ComeAfterSoManySteps) {
  json run = small_run(100);
  run["train"]["evaluations"] = 1;
  run["train"]["evaluate_at_start"] = false;
  EXPECT_THAT(steps_saved(run, 9), ElementsAre()) << "ten minutes have not passed";
  run["record"]["checkpoint_every"] = 3;
  // The request after the ninth step comes before its checkpoint would.
  EXPECT_THAT(steps_saved(run, 9), ElementsAre(6, 3));
}

TEST(Checkpoints, ChangeNothing) {
  const auto folder = test_folder();
  json run = small_run(9);
  execute(job_of(run, folder / "usual"));
  run["record"]["checkpoint_every"] = 1;
  execute(job_of(run, folder / "often"));
  expect_same(job_of(run, folder / "often"), job_of(run, folder / "usual"), "every step");
}

}  // namespace
}  // namespace rankwise

#include "analysis/report/summary.h"

#include "analysis/measures/planted_measures.h"
#include "analysis/runs/test_truth.h"
#include "analysis/tables/scores.h"
#include "framework/io/test_files.h"
#include "framework/record/run_archive.h"
#include "framework/record/run_reader.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

RunSet runs(const std::filesystem::path& folder) {
  test::write_run(folder, "a0", {.label = "alpha", .seed = 0, .steps = 200});
  test::write_run(folder, "a1", {.label = "alpha", .seed = 1});
  test::write_run(folder, "b0", {.label = "beta", .seed = 0, .test_scores = {{"cola", 0.25}}});
  return load_runs({folder});
}

TEST(Summary, MakesTheSameTable) {
  const auto folder = test_folder();
  const RunSet whole = runs(folder / "runs");
  write_summary(whole, folder / "committed" / "summary.h5");
  const RunSet packed = load_runs({folder / "committed"});
  EXPECT_EQ(to_markdown(scores_table(packed)), to_markdown(scores_table(whole)));
  EXPECT_EQ(to_csv(scores_table(packed)), to_csv(scores_table(whole)));
}

TEST(Summary, KeepsMeasuresOfWhatItLeavesOut) {
  const auto folder = test_folder();
  const auto path = test::write_run(folder, "a", test::routed_run("routed", 0));
  const MeasureValues whole = measure_run(RunFile(path));
  write_summary(load_runs({folder}), folder / "summary.h5");
  EXPECT_EQ(measure_run(RunFile(folder / "summary.h5" / "a")), whole);
  EXPECT_TRUE(whole.contains("load_max_over_mean"));
}

TEST(Summary, KeepsFirstAndLastStepsOfMany) {
  const auto folder = test_folder();
  write_summary(runs(folder / "runs"), folder / "summary.h5", {.steps = 0, .fewest_steps = 3});
  const auto steps = RunFile(folder / "summary.h5" / "a0").steps();
  ASSERT_THAT(steps, SizeIs(3));
  EXPECT_THAT((std::vector{steps[0].step, steps[1].step, steps[2].step}), ElementsAre(1, 101, 200));
  EXPECT_THAT(RunFile(folder / "summary.h5" / "a1").steps(), SizeIs(3)) << "of four";
}

TEST(Summary, IsPassedOverWhereTheRunsThemselvesAreThere) {
  const auto folder = test_folder();
  write_summary(runs(folder), folder / "summary.h5");
  for (const RunGroup& group : load_runs({folder}).groups) {
    for (const auto& run : group.runs) EXPECT_EQ(run.path.parent_path(), folder);
  }
}

TEST(Summary, GoesOnFromAnArchiveWhoseRunFilesAreGone) {
  const auto folder = test_folder();
  test::write_run(folder / "old", "a.b-s0", {.label = "alpha", .seed = 0});
  const auto archive = folder / "summary.h5";
  write_summary(load_runs({folder / "old"}), archive);
  test::write_run(folder / "new", "a.b-s1", {.label = "alpha", .seed = 1});
  write_summary(load_runs({folder / "new", archive}), archive);
  EXPECT_THAT(archived_runs(archive), ElementsAre(archive / "a.b-s0", archive / "a.b-s1"));
  const auto whole = folder / "whole";
  test::write_run(whole, "a.b-s0", {.label = "alpha", .seed = 0});
  test::write_run(whole, "a.b-s1", {.label = "alpha", .seed = 1});
  EXPECT_EQ(to_csv(scores_table(load_runs({archive}))), to_csv(scores_table(load_runs({whole}))));
}

}  // namespace
}  // namespace rankwise::analysis

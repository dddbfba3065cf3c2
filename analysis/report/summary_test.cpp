#include "analysis/report/summary.h"

#include "analysis/measures/layer_ranks.h"
#include "analysis/measures/planted_measures.h"
#include "analysis/measures/rank_usage.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/measures/task_similarity.h"
#include "analysis/measures/usage_divergence.h"
#include "analysis/runs/test_truth.h"
#include "analysis/tables/scores.h"
#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RunSet loaded_runs(const fs::path& folder) {
  test::write_run(folder, "a0", {.label = "alpha", .seed = 0, .steps = 200});
  test::write_run(folder, "a1", {.label = "alpha", .seed = 1});
  test::write_run(folder, "b0", {.label = "beta", .seed = 0, .test_scores = {{"cola", 0.25}}});
  return load_runs({folder});
}

/// Five seeds of a method that chooses a rank a task, and their summary.
fs::path planted_summary(const fs::path& folder) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 3});
  spec.final_record.sample_tasks = {0, 1};
  spec.final_record.sample_embeddings = {{"pooled", 3, {1, 2, 3, 3, 5, 7}}};
  for (const std::int64_t seed : {0, 1, 2, 3, 4}) {
    spec.seed = seed;
    test::write_run(folder / "runs", "a" + std::to_string(seed), spec);
  }
  write_summary(load_runs({folder / "runs"}), folder / "summary");
  return folder / "summary";
}

TEST(WriteSummary, MakesTheSameTable) {
  const auto folder = test_folder();
  const RunSet whole = loaded_runs(folder / "runs");
  EXPECT_THAT(write_summary(whole, folder / "committed" / "summary"),
              ElementsAre(folder / "committed/summary/s0.h5", folder / "committed/summary/s1.h5"));
  for (const fs::path& place : {folder / "committed", folder / "committed" / "summary"}) {
    const RunSet packed = load_runs({place});
    EXPECT_EQ(to_markdown(scores_table(packed)), to_markdown(scores_table(whole)));
    EXPECT_EQ(to_csv(scores_table(packed)), to_csv(scores_table(whole)));
  }
}

TEST(WriteSummary, KeepsHowFarTheHalvesOfATaskDiffer) {
  const auto folder = test_folder();
  test::RunSpec spec = test::routed_run("routed", 0);
  spec.usage[0].half_count = {5, 5, 0, 5, 5, 0, 0, 5, 5, 0, 5, 5};
  spec.usage[1].half_count = {10, 0, 0, 0, 10, 0, 0, 5, 5, 0, 5, 5};
  test::write_run(folder / "runs", "a", spec);
  const RunSet whole = load_runs({folder / "runs"});
  write_summary(whole, folder / "summary");
  const RunSet packed = load_runs({folder / "summary"});
  const auto before = usage_divergence(whole.groups[0]), after = usage_divergence(packed.groups[0]);
  ASSERT_TRUE(before && after);
  EXPECT_TRUE(after->recorded);
  EXPECT_EQ(after->halves, before->halves);
  EXPECT_EQ(before->halves(0, 1), 1) << "its halves use one rank each";
  EXPECT_EQ(measure_run(packed.groups[0].runs[0].file()),
            measure_run(whole.groups[0].runs[0].file()));
}

TEST(WriteSummary, IsReadByTheFileAndByTheRun) {
  const auto folder = test_folder();
  write_summary(loaded_runs(folder / "runs"), folder / "summary");
  EXPECT_THAT(load_runs({folder / "summary" / "s0.h5"}).labels(), ElementsAre("alpha", "beta"));
  EXPECT_THAT(load_runs({folder / "summary" / "s0.h5" / "b0"}).labels(), ElementsAre("beta"));
}

TEST(WriteSummary, KeepsMeasuresOfWhatItLeavesOut) {
  const auto folder = test_folder();
  const auto path = test::write_run(folder, "a", test::routed_run("routed", 0));
  const MeasureValues whole = measure_run(RunFile(path));
  write_summary(load_runs({folder}), folder / "summary");
  EXPECT_EQ(measure_run(RunFile(folder / "summary" / "s0.h5" / "a")), whole);
  EXPECT_TRUE(whole.contains("load_max_over_mean"));
}

TEST(WriteSummary, KeepsFirstAndLastStepsOfMany) {
  const auto folder = test_folder();
  write_summary(loaded_runs(folder / "runs"), folder / "summary", {.steps = 3});
  const auto steps = RunFile(folder / "summary" / "s0.h5" / "a0").steps();
  ASSERT_THAT(steps, SizeIs(3));
  EXPECT_THAT((std::vector{steps[0].step, steps[1].step, steps[2].step}), ElementsAre(1, 101, 200));
  EXPECT_THAT(RunFile(folder / "summary" / "s1.h5" / "a1").steps(), SizeIs(3)) << "of four";
}

TEST(WriteSummary, KeepsUsageOfTheFirstSeedsAndChosenRanksOfAll) {
  const fs::path summary = planted_summary(test_folder());
  const std::string site = "low";
  for (const std::int64_t seed : {0, 1, 2, 3, 4}) {
    const RunFile file(summary / fmt::format("s{}.h5", seed) / fmt::format("a{}", seed));
    const SiteUsage last = file.usage(site).back();
    EXPECT_EQ(last.chosen_rank, (std::vector<std::int64_t>{1, 2, 3, 3})) << seed;
    EXPECT_EQ(last.count.empty(), seed > 2) << seed;
    EXPECT_EQ(last.probability.empty(), seed > 2) << seed;
    EXPECT_EQ(file.sample_embeddings().empty(), seed > 0) << seed;
    EXPECT_TRUE(file.layout().truth.has_value()) << seed;
  }
  const RunGroup group = load_runs({summary}).groups.front();
  EXPECT_THAT(read_task_ranks(group)->chosen.rbegin()->second, SizeIs(5));
  EXPECT_EQ(read_selection(group)->chosen(1, 2), 3) << "over the seeds with probabilities";
  EXPECT_EQ(read_selection(group)->seeds, 3U);
  EXPECT_EQ(read_usage(group)->seeds, 3U);
  EXPECT_EQ(layer_ranks(group)->seeds, 5U) << "chosen ranks are kept of all";
  EXPECT_EQ(usage_similarity(group)->seeds, 3U);
}

TEST(WriteSummary, WritesWhatItReadsAgain) {
  const auto folder = test_folder();
  const fs::path summary = planted_summary(folder);
  write_summary(load_runs({summary}), folder / "again");
  for (const auto& entry : fs::directory_iterator(summary)) {
    EXPECT_EQ(read_file(folder / "again" / entry.path().filename()), read_file(entry.path()))
        << entry.path();
  }
}

TEST(WriteSummary, IsPassedOverWhereTheRunsThemselvesAreThere) {
  const auto folder = test_folder();
  write_summary(loaded_runs(folder), folder / "summary");
  for (const RunGroup& group : load_runs({folder}).groups) {
    for (const auto& run : group.runs) EXPECT_EQ(run.path.parent_path(), folder);
  }
}

TEST(WriteSummary, GoesOnFromASummaryWhoseRunFilesAreGone) {
  const auto folder = test_folder();
  test::write_run(folder / "old", "a.b-s0", {.label = "alpha", .seed = 0});
  const auto summary = folder / "summary";
  write_summary(load_runs({folder / "old"}), summary);
  test::write_run(folder / "new", "a.b-s1", {.label = "alpha", .seed = 1});
  write_summary(load_runs({folder / "new", summary}), summary);
  EXPECT_THAT(summary_runs(summary),
              ElementsAre(summary / "s0.h5" / "a.b-s0", summary / "s1.h5" / "a.b-s1"));
  const auto whole = folder / "whole";
  test::write_run(whole, "a.b-s0", {.label = "alpha", .seed = 0});
  test::write_run(whole, "a.b-s1", {.label = "alpha", .seed = 1});
  EXPECT_EQ(to_csv(scores_table(load_runs({summary}))), to_csv(scores_table(load_runs({whole}))));
}

TEST(WriteSummary, RemovesSeedsThatItDoesNotHold) {
  const auto folder = test_folder();
  write_summary(loaded_runs(folder / "runs"), folder / "summary");
  write_bytes(folder / "summary" / "notes.txt", "kept");
  test::write_run(folder / "one", "a0", {.label = "alpha", .seed = 0});
  write_summary(load_runs({folder / "one"}), folder / "summary");
  EXPECT_FALSE(fs::exists(folder / "summary" / "s1.h5"));
  EXPECT_TRUE(fs::exists(folder / "summary" / "notes.txt"));
}

TEST(WriteSummary, RefusesAFileInItsPlace) {
  const auto folder = test_folder();
  write_bytes(folder / "summary.h5", "");
  EXPECT_EQ(error_of([&] { write_summary(loaded_runs(folder / "runs"), folder / "summary.h5"); }),
            (folder / "summary.h5").string() +
                ": is a file; a summary is a folder of files, one per seed");
}

}  // namespace
}  // namespace rankwise::analysis

// Runs written to a summary and read again.
#include "framework/io/test_files.h"
#include "framework/record/example_summary.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_writer.h"

#include <gmock/gmock.h>

#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// The run that a summary of these runs holds under `name`.
RunFile kept(const std::vector<SummaryRun>& runs, const std::string& name) {
  const fs::path path = test_folder() / "s3.h5";
  write_summary_file(path, runs);
  return RunFile(path / name);
}

void expect_same(const RunFile& file, const SummaryRun& run) {
  EXPECT_EQ(file.attributes(), run.attributes);
  EXPECT_EQ(file.layout(), run.layout);
  EXPECT_EQ(file.steps(), run.steps);
  EXPECT_EQ(file.evaluations(), run.evaluations);
  EXPECT_EQ(file.predictions(), run.final.predictions);
  EXPECT_EQ(file.sample_embeddings(), run.final.sample_embeddings);
  EXPECT_EQ(file.sample_tasks(), run.final.sample_tasks);
  EXPECT_EQ(file.gradients(), run.final.gradients);
  EXPECT_EQ(file.parameters(), run.final.parameters);
  EXPECT_EQ(file.merge(), run.merge);
}

TEST(Summary, GivesARunBack) {
  const SummaryRun run = example_summary_run();
  const RunFile file = kept({run}, "a");
  EXPECT_EQ(file.status(), "finished");
  expect_same(file, run);
  EXPECT_THAT(file.factors(), IsEmpty());
  const std::string site = run.layout.sites[0].name;
  EXPECT_EQ(file.usage(site)[1], run.evaluations[1].usage[0]);
  const auto entropies = file.entropy(site);
  EXPECT_DOUBLE_EQ(entropies[0][0], entropy(std::vector<std::uint64_t>{16, 4}));
  EXPECT_EQ(entropies[1][1], 0);
  EXPECT_EQ(file.entropy(run.layout.sites[1].name), (std::vector<std::vector<double>>(2)));
}

TEST(Summary, GivesOnePredictionBack) {
  const SummaryRun run = example_summary_run();
  const RunFile file = kept({run}, "a");
  EXPECT_EQ(file.prediction({"stsb", "test", "best"}), run.final.predictions[1]);
  EXPECT_THAT(file.final_scores({"stsb", "test", "best"}), ElementsAre(std::pair("pearson", 0.5)));
  for (const PredictionPlace& place : {PredictionPlace{"stsb", "dev", "best"},
                                       {"stsb", "test", "last"},
                                       {"cola", "test", "best"}}) {
    EXPECT_FALSE(file.prediction(place).has_value()) << place.task << place.split;
    EXPECT_THAT(file.final_scores(place), IsEmpty()) << place.task << place.split;
  }
}

TEST(Summary, StacksRunsOfDifferentLengthsAndRanks) {
  SummaryRun short_run = example_summary_run("short");
  short_run.steps.pop_back();
  short_run.evaluations.erase(short_run.evaluations.begin());
  SummaryRun narrow = example_summary_run("narrow");
  narrow.layout.sites[0].ranks = 1;
  for (EvaluationRecord& record : narrow.evaluations) {
    SiteUsage& usage = record.usage[0];
    usage.count = {16, 4};
    usage.gate_mass = {8, 1};
    usage.training_count = {7, 300};
    usage.balance_bias = {0.5};
    usage.chosen_rank = {1, 1};
    usage.probability = {1, 1};
  }
  const fs::path path = test_folder() / "s3.h5";
  const std::vector<SummaryRun> runs{example_summary_run("long"), short_run, narrow};
  write_summary_file(path, runs);
  for (const SummaryRun& run : runs) expect_same(RunFile(path / run.name), run);
  EXPECT_THAT(hdf5::File::open(path).children("/set"), SizeIs(1));
}

TEST(Summary, KeepsCountsThatFall) {
  SummaryRun run = example_summary_run();
  std::swap(run.evaluations[0].usage[0].training_count, run.evaluations[1].usage[0].training_count);
  expect_same(kept({run}, "a"), run);
}

TEST(Summary, KeepsChosenRanksAloneWhereALayoutHasNoRanks) {
  SummaryRun run = example_summary_run();
  SiteRecord& site = run.layout.sites[0];
  site.ranks = site.embedding_width = 0;
  site.balance_bias = false;
  for (EvaluationRecord& record : run.evaluations) {
    record.usage[0] = {.chosen_rank = record.usage[0].chosen_rank};
  }
  expect_same(kept({run}, "a"), run);
}

TEST(Summary, PutsRunsOfOtherTasksOrExamplesIntoAnotherSet) {
  SummaryRun other_labels = example_summary_run("labels");
  other_labels.final.predictions[0].label = {1, 1, 0};
  other_labels.final.predictions[0].correct = {1, 0, 0};
  SummaryRun one_task = example_summary_run("task");
  one_task.layout.tasks.pop_back();
  one_task.layout.truth.reset();
  for (StepRecord& step : one_task.steps) step.task = 0;
  for (EvaluationRecord& record : one_task.evaluations) {
    record.scores.erase("stsb");
    record.usage = {{}, {}};
  }
  for (SiteRecord& site : one_task.layout.sites) site = {site.name, site.in, site.out};
  one_task.final.predictions.pop_back();
  one_task.final.sample_tasks.clear();
  one_task.final.sample_embeddings.clear();
  const fs::path path = test_folder() / "s3.h5";
  const std::vector<SummaryRun> runs{example_summary_run("a"), other_labels, one_task,
                                     example_summary_run("b")};
  write_summary_file(path, runs);
  for (const SummaryRun& run : runs) expect_same(RunFile(path / run.name), run);
  const auto file = hdf5::File::open(path);
  EXPECT_EQ(file.dataset("/run/set").convert_rows<int>(0, 4), (std::vector{0, 1, 2, 0}));
  EXPECT_EQ(file.dataset("/run/row").convert_rows<int>(0, 4), (std::vector{0, 0, 0, 1}));
}

TEST(Summary, KeepsAMergedModel) {
  SummaryRun run = example_summary_run();
  run.merge = example_merge();
  expect_same(kept({run}, "a"), run);
  run.merge->cosine.clear();
  run.merge->overlap.clear();
  expect_same(kept({run}, "a"), run);
}

TEST(Summary, RoundsWhatItSaysItRounds) {
  SummaryRun run = example_summary_run();
  run.steps[0].loss = 0.1;
  run.evaluations[0].usage[0].probability = {0.1, 0.9, 0.5, 0.5};
  run.evaluations[0].usage[0].gate_mass = {1.6, 0, 0, 0};
  run.evaluations[0].scores["stsb"]["pearson"] = 0.1;
  const RunFile file = kept({run}, "a");
  EXPECT_EQ(file.steps()[0].loss, 0.1F);
  const SiteUsage usage = file.usage(run.layout.sites[0].name)[0];
  EXPECT_NE(usage.probability[0], 0.1);
  EXPECT_NEAR(usage.probability[0], 0.1, 0.1 / 8192);
  EXPECT_NEAR(usage.gate_mass[0], 1.6, 1.6 / 8192);
  EXPECT_EQ(file.scores()[0].scores.at("stsb").at("pearson"), 0.1) << "scores are exact";
}

}  // namespace
}  // namespace rankwise

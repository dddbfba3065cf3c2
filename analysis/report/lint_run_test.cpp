#include "analysis/report/lint.h"
#include "analysis/report/summary.h"
#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <limits>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using test::RunSpec;
using test::write_run;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Three of four right, on labels of which half are 1.
PredictionRecord right_record() {
  return {.task = "sst2",
          .split = "test",
          .parameters = "best",
          .prediction = {0, 1, 1, 1},
          .label = {0, 0, 1, 1},
          .correct = {1, 0, 1, 1},
          .scores = {{"accuracy", 0.75}}};
}

/// One site whose tokens choose 2 of 3 ranks: 4 tokens of cola, 2 of sst2.
RunLayout routed_layout() {
  RunLayout layout = test::small_layout();
  layout.sites = {{.name = "query", .in = 2, .out = 2, .ranks = 3, .coactivation = true}};
  return layout;
}

SiteUsage routed_usage() {
  return {.count = {4, 3, 1, 2, 1, 1},
          .gate_mass = std::vector<double>(6, 1.0),
          .training_count = std::vector<std::uint64_t>(6, 1),
          .coactivation = {6, 4, 2, 4, 4, 0, 2, 0, 2}};
}

/// One site where task 0 chose one rank and task 1 two of three, over 5 and 4 tokens.
RunLayout selected_layout() {
  RunLayout layout = test::small_layout();
  layout.sites = {{.name = "query", .in = 2, .out = 2, .ranks = 3, .selection = true}};
  return layout;
}

SiteUsage selected_usage() {
  return {.count = {5, 0, 0, 4, 4, 0},
          .gate_mass = std::vector<double>(6, 1.0),
          .training_count = std::vector<std::uint64_t>(6, 1),
          .chosen_rank = {1, 2},
          .probability = {0.5, 0.25, 0.25, 0.25, 0.5, 0.25}};
}

RunSpec spec_of(const PredictionRecord& record) {
  return {.test_scores = {}, .final_record = {.predictions = {record}}};
}

RunSpec spec_of(const RunLayout& layout, const SiteUsage& usage) {
  RunSpec spec = spec_of(right_record());
  spec.layout = layout;
  spec.usage = {usage};
  return spec;
}

/// What lint says of one run file, without its path.
std::vector<std::string> errors_of(const RunSpec& spec) {
  const fs::path path = write_run(test_folder(), "a", spec);
  std::vector<std::string> result;
  for (const Finding& finding : lint_run(path).findings) {
    EXPECT_EQ(finding.severity, Severity::kError);
    EXPECT_THAT(finding.where, HasSubstr(path.string()));
    result.push_back(finding.what);
  }
  return result;
}

TEST(LintRun, ASoundRunHasNoFindings) {
  EXPECT_THAT(errors_of(spec_of(right_record())), IsEmpty());
  EXPECT_THAT(errors_of(spec_of(routed_layout(), routed_usage())), IsEmpty());
  EXPECT_THAT(errors_of(spec_of(selected_layout(), selected_usage())), IsEmpty());
}

TEST(LintRun, ARecordedScoreFollowsFromThePredictions) {
  PredictionRecord record = right_record();
  record.scores["accuracy"] = 0.8;
  EXPECT_THAT(errors_of(spec_of(record)),
              ElementsAre("accuracy is recorded as 0.8, its predictions give 0.75"));
}

TEST(LintRun, AScoreThatNeedsTheUnadaptedModelIsCountedNotJudged) {
  PredictionRecord record = right_record();
  record.scores = {{"relative_error", 0.5}};
  const LintReport report = lint_run(write_run(test_folder(), "a", spec_of(record)));
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.checked.at("scores that need the unadapted model"), 1U);
  record.scores = {{"relative_error", -0.5}};
  EXPECT_THAT(errors_of(spec_of(record)),
              ElementsAre("relative_error is -0.5, expected zero or more"));
}

TEST(LintRun, CorrectMeansThatPredictionAndLabelAgree) {
  PredictionRecord record = right_record();
  record.correct = {1, 1, 1, 1};
  EXPECT_THAT(errors_of(spec_of(record)),
              ElementsAre("'correct' disagrees with prediction == label in 1 of 4 examples"));
}

TEST(LintRun, CountsSumToTokensTimesActiveRanks) {
  SiteUsage usage = routed_usage();
  usage.count = {4, 2, 2, 2, 2, 0};  // the same ranks in all, by other tasks: 4 + 2 tokens again
  EXPECT_THAT(errors_of(spec_of(routed_layout(), usage)), IsEmpty());
  usage.count = {5, 3, 1, 1, 1, 1};  // nine tokens' ranks cannot come in pairs
  EXPECT_THAT(
      errors_of(spec_of(routed_layout(), usage)),
      ElementsAre("cola: counts sum to 9, which is no number of tokens times 2 active ranks",
                  "sst2: counts sum to 3, which is no number of tokens times 2 active "
                  "ranks"));
}

TEST(LintRun, CoactivationIsSymmetricAndCountsTheRanks) {
  SiteUsage usage = routed_usage();
  usage.coactivation = {6, 4, 2, 4, 5, 0, 2, 1, 2};
  EXPECT_THAT(errors_of(spec_of(routed_layout(), usage)),
              ElementsAre("coactivation of ranks 1 and 2 is not symmetric",
                          "the diagonal of coactivation is not the ranks' counts"));
}

TEST(LintRun, ATasksRanksAreOnForAllOfItsTokens) {
  SiteUsage usage = selected_usage();
  usage.count = {5, 0, 0, 4, 3, 0};
  const auto errors = errors_of(spec_of(selected_layout(), usage));
  EXPECT_THAT(errors, ElementsAre(HasSubstr("used by different numbers of its tokens"),
                                  HasSubstr("used by different numbers of its tokens")))
      << "in both evaluations";
}

TEST(LintRun, NoRankIsUsedByMoreTokensThanThereAre) {
  RunSpec spec = spec_of(selected_layout(), selected_usage());
  spec.layout.tasks[0].dev_tokens = 5;
  spec.layout.tasks[1].dev_tokens = 3;
  EXPECT_THAT(errors_of(spec), ElementsAre("a rank was used by 4 of 3 dev tokens",
                                           "a rank was used by 4 of 3 dev tokens"));
}

TEST(LintRun, ChosenRanksAreThoseThatWereUsed) {
  SiteUsage usage = selected_usage();
  usage.chosen_rank = {1, 3};
  usage.probability = {0.5, 0.25, 0.5, 0.25, 0.5, 0.25};
  EXPECT_THAT(errors_of(spec_of(selected_layout(), usage)),
              ElementsAre("its probabilities sum to 1.25", "chose 3 ranks but used 2",
                          "its probabilities sum to 1.25", "chose 3 ranks but used 2"));
}

TEST(LintRun, AGateMayGiveNoProbabilitiesAndUseNoRank) {
  SiteUsage usage = selected_usage();
  usage.count = {0, 0, 0, 4, 4, 0};
  usage.chosen_rank = {0, 2};
  usage.probability.assign(6, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(errors_of(spec_of(selected_layout(), usage)), IsEmpty());
}

TEST(LintRun, ASummaryIsJudgedByWhatItKeeps) {
  SiteUsage selected = selected_usage();
  selected.probability = {1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 7, 2.0 / 7, 4.0 / 7};
  const auto findings = [](const RunSpec& spec) {
    const fs::path folder = test_folder();
    write_run(folder, "a", spec);
    write_summary(load_runs({folder}), folder / "summary");
    return lint_run(folder / "summary" / "s0.h5" / "a").findings;
  };
  EXPECT_THAT(findings(spec_of(routed_layout(), routed_usage())), IsEmpty());
  EXPECT_THAT(findings(spec_of(selected_layout(), selected)), IsEmpty());
  selected.count = {5, 0, 0, 4, 3, 0};
  EXPECT_THAT(findings(spec_of(selected_layout(), selected)), SizeIs(2)) << "in both evaluations";
}

std::vector<std::string> remarks_of(const LintReport& report) {
  std::vector<std::string> result;
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::kRemark)
      result.push_back(finding.where + ": " + finding.what);
  }
  return result;
}

TEST(LintRuns, WhatRunsAreTogetherIsRemarked) {
  const fs::path folder = test_folder();
  RunSpec spec = spec_of(right_record());
  const auto write = [&](const std::string& name, const std::string& label, std::int64_t seed) {
    spec.label = label;
    spec.seed = seed;
    write_run(folder, name, spec);
  };
  write("a", "lora", 0);
  write("b", "lora", 1);
  spec.attributes = {{"protocol_hash", "protocol-b"}};
  write("c", "more", 0);
  spec.label = "smora";
  test::write_failed_run(folder, "d", spec, "loss is nan");
  spec.seed = 1;
  test::write_running_run(folder, "e", spec);
  const LintReport report = lint_runs(load_runs({folder}));
  EXPECT_THAT(remarks_of(report),
              ElementsAre("trial: its runs were measured under 2 protocols: protocol-a (lora), "
                          "protocol-b (more)",
                          "trial: more: lacks seeds 1 that others have",
                          "trial: smora, seed 0: failed: loss is nan",
                          "trial: smora, seed 1: not finished"));
  EXPECT_FALSE(report.has_errors());
}

TEST(LintRuns, AScoreOfOneAnswerToEverythingIsRemarked) {
  const fs::path folder = test_folder();
  PredictionRecord record = right_record();
  record.label = {1, 0, 1, 1};
  record.prediction = {1, 1, 1, 0};
  record.correct = {1, 0, 1, 0};
  record.scores["accuracy"] = 0.5;
  write_run(folder, "a", spec_of(record));
  EXPECT_THAT(remarks_of(lint_runs(load_runs({folder}))),
              ElementsAre("trial: sst2: accuracy is no better than one answer to everything "
                          "(0.750): alpha 0.500"));
}

TEST(LintRuns, AMacroF1OverAClassOfFewRowsIsRemarked) {
  const fs::path folder = test_folder();
  RunSpec spec{.test_scores = {}, .layout = test::small_layout()};
  spec.layout.tasks[1].metrics = {"macro_f1"};
  PredictionRecord record = right_record();
  record.label.assign(23, 1);
  record.label[0] = record.label[1] = record.label[2] = 0;
  record.prediction = record.label;
  record.correct.assign(23, 1);
  record.scores = {{"macro_f1", 1}};
  spec.final_record = {.predictions = {record}};
  write_run(folder, "a", spec);
  EXPECT_THAT(remarks_of(lint_runs(load_runs({folder}))),
              ElementsAre(HasSubstr("trial: sst2: macro_f1 counts classes of 3 test rows")));
}

TEST(LintRuns, AFileThatCanNotBeReadIsAnError) {
  const fs::path folder = test_folder();
  write_run(folder, "a", spec_of(right_record()));
  write_bytes(folder / "b.h5", "no HDF5");
  const LintReport report = lint_runs(load_runs({folder}));
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].where, (folder / "b.h5").string());
  EXPECT_THAT(report.findings[0].what, HasSubstr("is not an HDF5 file"));
  EXPECT_TRUE(report.has_errors());
}

TEST(LintTable, ErrorsStandFirstAndTheFootSaysWhatWasChecked) {
  LintReport report;
  report.remark("here", "a remark");
  report.error("there", "an error");
  report.checked = {{"differences", 3}, {"means", 1}};
  EXPECT_EQ(lint_lines(report),
            "error: there: an error\nremark: here: a remark\nChecked: 3 differences, 1 means.\n");
  const Table table = lint_table(report);
  EXPECT_EQ(table.header, (std::vector<std::string>{"severity", "where", "what"}));
  EXPECT_EQ(table.rows[0][0].text, "error");
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/report/finding_text.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::ElementsAre;

/// Two rows of study "trial" whose test scores are .4 and .8, and .6 and .8.
RunSet two_rows(const std::filesystem::path& folder) {
  test::write_run(folder, "a", {.label = "low", .test_scores = {{"cola", 0.4}, {"sst2", 0.8}}});
  test::write_run(folder, "b", {.label = "high", .test_scores = {{"cola", 0.6}, {"sst2", 0.8}}});
  return load_runs({folder});
}

TEST(FindingText, HasTheCellsOfTheStudysTables) {
  StudyFile study{.name = "trial", .reference = "low"};
  study.tables = {{"ablation", {{"score", "cola"}}}};
  study.findings = {"High has {scores:high:average}, {ablation:high:difference} on CoLA.",
                    "No number, and {no reference."};
  const Findings found = fill_findings(study, two_rows(test_folder()));
  EXPECT_THAT(found.texts,
              ElementsAre("High has 70.0, +20.00 on CoLA.", "No number, and {no reference."));
  EXPECT_EQ(found.open, 0U);
}

TEST(FindingText, IsLeftOutWhereACellIsMissing) {
  StudyFile study{.name = "trial"};
  study.findings = {"{scores:other:average}", "{scores:low:averages}", "{score:low:average}",
                    "{low:average}", "{scores:low:average}"};
  const Findings found = fill_findings(study, two_rows(test_folder()));
  EXPECT_THAT(found.texts, ElementsAre("60.0"));
  EXPECT_EQ(found.open, 4U);
}

TEST(FindingText, AColonBeforeASpaceBelongsToAName) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.label = "rank: 8"});
  StudyFile study{.name = "trial", .findings = {"{scores:rank: 8:average}"}};
  EXPECT_EQ(fill_findings(study, load_runs({folder})).open, 0U);
}

}  // namespace
}  // namespace rankwise::analysis

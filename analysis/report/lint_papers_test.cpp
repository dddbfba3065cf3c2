#include "analysis/report/lint.h"
#include "framework/core/json.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// "<where>: <what>" of each finding.
std::vector<std::string> texts(const LintReport& report) {
  std::vector<std::string> result;
  for (const Finding& finding : report.findings)
    result.push_back(finding.where + ": " + finding.what);
  return result;
}

json table(const std::string& name, const json& columns, const json& rows) {
  return {{"name", name},       {"title", "t"},   {"citation", "c"},      {"source", "s"},
          {"backbone", "T5"},   {"data", "GLUE"}, {"metric", "accuracy"}, {"no_study", "why"},
          {"columns", columns}, {"rows", rows}};
}

std::vector<std::string> lint(const std::vector<json>& values) {
  std::vector<PaperTable> tables;
  tables.reserve(values.size());
  for (const json& value : values) tables.push_back(parse_paper_table(value, "x.json"));
  return texts(lint_papers(tables));
}

/// "before" 47.20, then after merging and the printed difference.
std::vector<std::string> lint_merged(const json& after, const json& difference) {
  json merged = table("merged", {{{"name", "p@1"}}},
                      {{{"method", "LoRA"}, {"quantity", "after merging"}, {"cells", {after}}},
                       {{"method", "LoRA"}, {"quantity", "difference"}, {"cells", {difference}}}});
  merged["before"] = "single";
  const json rows = {{{"method", "LoRA"}, {"cells", {47.20}}}};
  return lint({table("single", {{{"name", "p@1"}}}, rows), merged});
}

TEST(LintPapers, ADifferenceIsRecomputedWithinRounding) {
  EXPECT_THAT(lint_merged(22.09, -25.11), IsEmpty());
  EXPECT_THAT(lint_merged(22.09, -25.12), IsEmpty()) << "three rounded numbers may be 0.015 apart";
  EXPECT_THAT(lint_merged(22.09, -25.21),
              ElementsAre("merged: LoRA, p@1, difference: printed -25.21, cells give -25.11"));
}

TEST(LintPapers, ARebuiltCellProvesNothing) {
  EXPECT_THAT(lint_merged({{"mean", 22.09}, {"mark", "= before + difference"}}, -1.0),
              ElementsAre("merged: LoRA, p@1, after merging: 22.09 was not printed (= before + "
                          "difference): it proves nothing"));
}

TEST(LintPapers, AMeanIsRecomputedOrMustAtLeastBePossible) {
  const json columns = {{{"name", "a"}, {"digits", 1}},
                        {{"name", "b"}, {"digits", 1}},
                        {{"name", "AVG"}, {"digits", 1}, {"mean_of", {"a", "b"}}}};
  const auto row = [](const json& a, const json& b, double mean) {
    return json::array({{{"method", "LoRA"}, {"cells", {a, b, mean}}}});
  };
  EXPECT_THAT(lint({table("x", columns, row(80.0, 81.0, 80.5))}), IsEmpty());
  EXPECT_THAT(lint({table("x", columns, row(80.0, 81.0, 81.5))}),
              ElementsAre("x: LoRA, AVG: printed 81.5, cells give 80.5"));
  EXPECT_THAT(lint({table("x", columns, row(80.0, nullptr, 85.0))}), IsEmpty());
  EXPECT_THAT(lint({table("x", columns, row(80.0, nullptr, 95.0))}),
              ElementsAre("x: LoRA, AVG: the 1 cells that were not found would have to average "
                          "110.0"));
}

TEST(LintPapers, RangesAndChanceLevelsHold) {
  const auto cell = [](const json& column, double value) {
    return lint({table("x", json::array({column}), {{{"method", "m"}, {"cells", {value}}}})});
  };
  EXPECT_THAT(cell({{"name", "a"}}, 100.5), ElementsAre("x: m, a: 100.50 is outside 0 to 100"));
  EXPECT_THAT(cell({{"name", "a"}, {"unit", "×100"}}, -5), IsEmpty());
  EXPECT_THAT(cell({{"name", "a"}, {"unit", "ratio"}}, 1.5),
              ElementsAre("x: m, a: 1.50 is outside 0 to 1"));
  EXPECT_THAT(cell({{"name", "a"}, {"chance", 25.0}}, 25.0),
              ElementsAre("x: m, a: 25.00 is no better than guessing (25)"));
}

TEST(LintPapers, TheSameCellInTwoTablesAgrees) {
  const json columns = {{{"name", "a"}}};
  const json first = table("x", columns, {{{"method", "m"}, {"cells", {40.88}}}});
  const auto second = [&](double value) {
    return table(
        "y", columns,
        {{{"method", "top-k"}, {"repeats", "x"}, {"repeats_method", "m"}, {"cells", {value}}}});
  };
  EXPECT_THAT(lint({first, second(40.88)}), IsEmpty());
  EXPECT_THAT(lint({first, second(40.89)}), ElementsAre("y: top-k, a: 40.89 here, 40.88 in x"));
}

TEST(LintPapers, TheRowThatIsSaidToBeBestIs) {
  const auto best = [](const std::string& method) {
    const json columns = {{{"name", "a"}, {"best", method}}};
    return lint(
        {table("x", columns,
               {{{"method", "r=1"}, {"cells", {50}}}, {{"method", "r=8"}, {"cells", {60}}}})});
  };
  EXPECT_THAT(best("r=8"), IsEmpty());
  EXPECT_THAT(best("r=1"), ElementsAre("x: a: said to be best: r=1; best of the cells: r=8"));
}

// What is known of the three papers' tables. A new line here is a slip of the transcription, or a
// find: papers are reported, not accused.
TEST(LintPapers, TheCommittedTablesHaveExactlyTheKnownRemarks) {
  const LintReport report = lint_papers(paper_tables());
  const std::string label = "row label illegible in the source; its place follows the discussion";
  const std::string rebuilt = " was not printed (= before + difference): it proves nothing";
  const std::string fly = "flylora.table2: FlyLoRA k=8 (Qwen-2.5-7B), ";
  EXPECT_THAT(
      texts(report),
      UnorderedElementsAre(
          "flylora.table2: LoRA r=8 (Qwen-2.5-7B), HumanEval pass@1, difference: printed -25.21, "
          "cells give -25.11",
          "flylora.table11: LoRA r=32 (Qwen-2.5-7B), GSM8K, difference: printed 4.80, cells give "
          "4.84",
          "flylora.table2: LoRA r=32 (Qwen-2.5-7B), HumanEval pass@5, after merging: 66.23" +
              rebuilt,
          fly + "ScienceQA, after merging: 71.78" + rebuilt,
          fly + "GSM8K, after merging: 85.62" + rebuilt,
          fly + "HumanEval pass@1, after merging: 33.11" + rebuilt,
          fly + "HumanEval pass@5, after merging: 75.28" + rebuilt,
          "flylora.table10: LoRA r=8 (Qwen-2.5-7B), HumanEval pass@5, difference: -9.93 was not "
          "printed (= after - before): it proves nothing",
          "flylora.table8: LoRA r=8 (Llama-3.1-8B): " + label,
          "flylora.table8: LoRA r=32 (Llama-3.1-8B): " + label,
          "flylora.table8: LoRA r=8 (Qwen-2.5-7B): " + label,
          "flylora.table8: LoRA r=32 (Qwen-2.5-7B): " + label));
  EXPECT_FALSE(report.has_errors()) << "a paper's slip is no error of ours";
  EXPECT_EQ(report.checked.at("differences"), 3U * 48 - 5 - 1) << "three tables of 8 rows and 6 "
                                                                  "columns, but for rebuilt cells";
  EXPECT_EQ(report.checked.at("means"), 3U) << "the commonsense table alone has all its cells";
}

}  // namespace
}  // namespace rankwise::analysis

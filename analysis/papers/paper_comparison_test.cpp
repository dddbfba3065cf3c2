#include "analysis/papers/paper_comparison.h"

#include "analysis/runs/test_runs.h"
#include "framework/core/json.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::write_run;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two tasks, their average and a column that we have nothing for; LoRA, MoRE and a row of ours.
PaperTable paper() {
  return parse_paper_table(json::parse(R"({
    "name": "x.table1", "title": "scores", "citation": "X, 2025, Table 1", "source": "by hand",
    "backbone": "T5-base", "data": "GLUE", "metric": "accuracy", "suite": "glue", "study": "trial", "seeds": 3,
    "steps": 4,
    "columns": [{"name": "CoLA", "digits": 1, "ours": "cola", "best": "LoRA"},
                {"name": "AVG", "digits": 1, "ours": "average", "mean_of": ["CoLA", "SST-2"]},
                {"name": "SST-2", "digits": 1, "ours": "sst2"}, {"name": "MMLU"}],
    "rows": [{"method": "LoRA", "label": "lora", "cells": [[60, 1], 75, 90, 30]},
             {"method": "MoRE", "label": "more", "reference": "LoRA", "cells": [[62, 1], null, 95, 30]},
             {"method": "MoE", "no_label": "not there", "reference": "LoRA", "cells": [61, 70, 80, 30]}]
    })"),
                           "x.json");
}

/// `seed`s 0 to 2 of both labels: LoRA scores 50, 52, 54 on CoLA and 90 on SST-2, MoRE about two
/// more.
RunSet runs(const fs::path& folder, const json& attributes) {
  for (std::int64_t seed = 0; seed < 3; ++seed) {
    const double cola = 0.50 + 0.02 * static_cast<double>(seed);
    const double more = cola + 0.02 + 0.001 * static_cast<double>(seed - 1);
    const std::string suffix = std::to_string(seed);
    write_run(folder, "lora" + suffix,
              {.label = "lora",
               .seed = seed,
               .test_scores = {{"cola", cola}, {"sst2", 0.9}},
               .attributes = attributes});
    write_run(folder, "more" + suffix,
              {.label = "more",
               .seed = seed,
               .test_scores = {{"cola", more}, {"sst2", 0.89 + 0.01 * static_cast<double>(seed)}},
               .attributes = attributes});
  }
  return load_runs({folder});
}

const json kSame = {{"backbone", "t5 t5-base"}, {"suite", "glue"}};
const json kOther = json::object();

const ComparedCell& cell(const PaperComparison& comparison, std::size_t row, std::size_t column) {
  return comparison.cells[row * comparison.table.columns.size() + column];
}

TEST(PaperComparison, AColumnMayNameAnotherMetricThanTheFirst) {
  PaperTable table = paper();
  table.columns[2].ours = "cola/accuracy";
  table.columns[3].ours = "cola/pass_at_1";
  const auto comparison = compare_with_paper(table, runs(test_folder(), kSame));
  EXPECT_NEAR(cell(comparison, 0, 2).ours.mean, 52, 1e-9);
  EXPECT_NEAR(cell(comparison, 0, 1).ours.mean, 71, 1e-9) << "it enters no average";
  EXPECT_EQ(cell(comparison, 0, 3).note, "our runs have no cola/pass_at_1");
}

TEST(PaperComparison, OfTheSameSettingTheIntervalDecides) {
  const auto comparison = compare_with_paper(paper(), runs(test_folder(), kSame));
  // 52 ± 2 and 60 ± 1 over three seeds each: 8 apart. Welch: 2.94 degrees of freedom, whose t is
  // 3.2188 (by numeric integration of the density), times sqrt(5/3) is 4.155.
  const ComparedCell& lora = cell(comparison, 0, 0);
  EXPECT_EQ(lora.verdict, PaperVerdict::kOutside);
  EXPECT_NEAR(*lora.difference, -8, 1e-9);
  EXPECT_EQ(lora.ours.count, 3U);
  EXPECT_NEAR(lora.ours.std, 2, 1e-9);
  // The paper's 75 has no deviation: ours is 71 ± 1, its half width 4.303 / sqrt(3) = 2.48.
  EXPECT_EQ(cell(comparison, 0, 1).verdict, PaperVerdict::kOutside);
  EXPECT_EQ(cell(comparison, 0, 2).verdict, PaperVerdict::kInside) << "90 and 90";
  EXPECT_EQ(to_text(cell(comparison, 0, 2)), "inside the interval");
}

TEST(PaperComparison, WelchsIntervalHoldsWhatIsNear) {
  PaperTable table = paper();
  for (const auto& [mean, verdict] :
       {std::pair(56.1, PaperVerdict::kInside), std::pair(56.3, PaperVerdict::kOutside)}) {
    table.rows[0].cells[0].mean = mean;  // 52 ± 4.155, and 0.05 for rounding
    const auto comparison = compare_with_paper(table, runs(test_folder(), kSame));
    EXPECT_EQ(cell(comparison, 0, 0).verdict, verdict) << mean;
  }
}

TEST(PaperComparison, OfAnotherSettingOnlySignsAreCompared) {
  const auto comparison = compare_with_paper(paper(), runs(test_folder(), kOther));
  const ComparedCell& cola = cell(comparison, 1, 0);
  EXPECT_EQ(cola.verdict, PaperVerdict::kSameSign);
  EXPECT_NEAR(cola.our_change->mean, 2, 1e-9);
  EXPECT_DOUBLE_EQ(*cola.paper_change, 2);
  EXPECT_FALSE(cola.difference) << "sizes are not put beside each other";
  EXPECT_EQ(to_text(cola), "same sign; size not comparable: backbone, data");
  const ComparedCell& sst2 = cell(comparison, 1, 2);
  EXPECT_EQ(to_text(sst2), "inconclusive: p (Holm) 1; size not comparable: backbone, data");
  EXPECT_EQ(to_text(cell(comparison, 0, 0)), "not comparable: backbone, data");
}

TEST(PaperComparison, SignsAreCorrectedForTheirNumber) {
  const fs::path folder = test_folder();
  // Changes of 1, 1.2 and 2 points: t = 4.583, two degrees of freedom, p = 0.0445.
  const double changes[] = {0.01, 0.012, 0.02};
  for (std::int64_t seed = 0; seed < 3; ++seed) {
    const std::string suffix = std::to_string(seed);
    const double after = 0.5 + changes[seed];
    write_run(folder, "lora" + suffix,
              {.label = "lora", .seed = seed, .test_scores = {{"cola", 0.5}, {"sst2", 0.5}}});
    write_run(folder, "more" + suffix,
              {.label = "more", .seed = seed, .test_scores = {{"cola", after}, {"sst2", after}}});
  }
  const RunSet set = load_runs({folder});
  PaperTable table = paper();
  const auto two = compare_with_paper(table, set);
  EXPECT_NEAR(*cell(two, 1, 0).holm_p, 0.089, 0.0005);
  EXPECT_EQ(to_text(cell(two, 1, 0)),
            "inconclusive: p (Holm) 0.0889; size not comparable: backbone, data");
  EXPECT_THAT(comparison_table(two, set).footers,
              Contains(HasSubstr("Holm's correction over the 2 changes")));
  table.rows[1].cells[2].mean = std::nullopt;
  const auto one = compare_with_paper(table, set);
  EXPECT_EQ(cell(one, 1, 0).verdict, PaperVerdict::kSameSign);
}

TEST(PaperComparison, ALossWhereThePaperGainsIsTheOppositeSign) {
  PaperTable table = paper();
  table.rows[1].cells[0].mean = 58;
  const auto comparison = compare_with_paper(table, runs(test_folder(), kOther));
  EXPECT_EQ(cell(comparison, 1, 0).verdict, PaperVerdict::kOppositeSign);
}

TEST(PaperComparison, AnErrorThatFallsIsAGain) {
  PaperTable table = paper();
  const fs::path folder = test_folder();
  RunLayout layout = test::small_layout();
  for (TaskRecord& task : layout.tasks) task.metrics = {"relative_error"};
  for (std::int64_t seed = 0; seed < 2; ++seed) {
    const auto suffix = std::to_string(seed);
    const double after = seed == 0 ? 0.3995 : 0.4005;
    write_run(folder, "lora" + suffix,
              {.label = "lora", .seed = seed, .test_scores = {{"cola", 0.5}}, .layout = layout});
    write_run(folder, "more" + suffix,
              {.label = "more", .seed = seed, .test_scores = {{"cola", after}}, .layout = layout});
  }
  const auto comparison = compare_with_paper(table, load_runs({folder}));
  EXPECT_EQ(cell(comparison, 1, 0).verdict, PaperVerdict::kSameSign);
  EXPECT_NEAR(cell(comparison, 1, 0).our_change->mean, -0.1, 1e-9) << "not times 100";
}

TEST(PaperComparison, RunsOfOtherSeedsOrProtocolsAreNotSubtracted) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "lora", .seed = 0});
  write_run(folder, "b", {.label = "more", .seed = 1});
  write_run(folder, "c", {.label = "lora", .seed = 2});
  write_run(folder, "d", {.label = "more", .seed = 2, .attributes = {{"protocol_hash", "b"}}});
  const auto comparison = compare_with_paper(paper(), load_runs({folder}));
  EXPECT_EQ(to_text(cell(comparison, 1, 0)),
            "inconclusive: fewer than two matched seeds have no interval; size not comparable: "
            "backbone, data");
}

TEST(PaperComparison, WhatWasNotFoundShowsOurOwnNumber) {
  const RunSet set = runs(test_folder(), kOther);
  const auto comparison = compare_with_paper(paper(), set);
  const ComparedCell& average = cell(comparison, 1, 1);
  EXPECT_EQ(average.verdict, PaperVerdict::kNotFound);
  EXPECT_EQ(average.ours.count, 3U);
  const Table table = comparison_table(comparison, set);
  EXPECT_EQ(table.rows[5][2].text, "n/a (not found)");
  EXPECT_EQ(table.rows[5][3].text, "72.0 ± 1.6 (n=3)");
  EXPECT_EQ(table.rows[5].back().text, "n/a (not found)");
}

TEST(PaperComparison, WhatWasNotRunSaysWhy) {
  const auto comparison = compare_with_paper(paper(), runs(test_folder(), kOther));
  EXPECT_EQ(to_text(cell(comparison, 0, 3)), "not run: no counterpart of this column");
  EXPECT_EQ(to_text(cell(comparison, 2, 0)), "not run: not there");
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "lora"});
  EXPECT_EQ(to_text(cell(compare_with_paper(paper(), load_runs({folder})), 1, 0)),
            "not run: no run is labelled 'more'");
}

TEST(PaperComparison, ScaleIsAReasonOfItsOwn) {
  json subset = kSame;
  subset["config"] = {{"data", {{"test_rows", 1000}}}};
  EXPECT_EQ(to_text(cell(compare_with_paper(paper(), runs(test_folder(), subset)), 0, 0)),
            "not comparable: scale");
  PaperTable longer = paper();
  longer.steps = 5;
  EXPECT_EQ(to_text(cell(compare_with_paper(longer, runs(test_folder(), kSame)), 0, 0)),
            "not comparable: scale");
}

TEST(PaperComparison, ARowOfDifferencesHoldsOurDifferences) {
  const PaperTable table = parse_paper_table(json::parse(R"({
    "name": "x.gain", "title": "gain", "citation": "X", "source": "text", "backbone": "T5",
    "data": "GLUE", "metric": "accuracy", "study": "trial",
    "columns": [{"name": "gain", "unit": "points", "ours": "cola"}],
    "rows": [{"method": "MoRE over LoRA", "quantity": "difference", "label": "more",
              "against": "lora", "cells": [1.73]}]})"),
                                             "x.json");
  const RunSet set = runs(test_folder(), kOther);
  const auto comparison = compare_with_paper(table, set);
  EXPECT_EQ(comparison.cells[0].verdict, PaperVerdict::kSameSign);
  const Table printed = comparison_table(comparison, set);
  EXPECT_EQ(printed.rows[0][2].text, "+1.73");
  EXPECT_EQ(printed.rows[0][3].text, "2.00 ± 0.10 (n=3)");
}

/// Runs of one task each, in the paper's own setting: labels name the task, groups do not.
PaperTable one_task_at_a_time() {
  return parse_paper_table(json::parse(R"({
    "name": "x.table2", "title": "scores", "citation": "X", "source": "by hand", "backbone": "T5-base",
    "data": "GLUE", "metric": "accuracy", "no_study": "none", "seeds": 3,
    "columns": [{"name": "CoLA", "own_task": "cola"},
                {"name": "hours", "unit": "hours", "own_task": "cola/hours"}],
    "rows": [{"method": "LoRA", "own_label": "lora r=8", "cells": [52, 2]},
             {"method": "LoRA", "quantity": "after merging", "own_label": "lora r=8, average",
              "cells": [42, null]},
             {"method": "LoRA", "quantity": "difference", "own_label": "lora r=8, average",
              "cells": [-9, null]},
             {"method": "CKA", "unit": "ratio", "own_label": "lora r=8, average",
              "cells": [0.5, null]}]})"),
                           "x.json");
}

OwnSetting own_setting_of(const std::string& setting) {
  const fs::path file = test_folder() / "study.json";
  write_bytes(file, R"({"study": "paper_x_table2", "setting": ")" + setting + R"(", "defaults":
    {"backbone": {"name": "t5", "weights": "t5-base"}, "data": {"suite": "glue"}}, "runs": [{"variant": "lora",
     "label": "lora r=8", "sweep": {"data.tasks": [["cola"]]}, "train": {"steps": 4}}]})");
  OwnSetting own{.study = read_study_file(file)};
  own.needs = study_needs(own.study);
  return own;
}

RunSet own_runs(const fs::path& folder, std::int64_t steps) {
  RunLayout layout = test::small_layout();
  layout.tasks.pop_back();
  json attributes = kSame;
  attributes["config"] = {{"group", "lora r=8"},
                          {"backbone", {{"name", "t5"}, {"weights", "t5-base"}}},
                          {"data", {{"suite", "glue"}, {"tasks", {"cola"}}}},
                          {"train", {{"steps", steps}}}};
  attributes["training_seconds"] = 7200.0;
  for (std::int64_t seed = 0; seed < 3; ++seed) {
    const std::string suffix = std::to_string(seed);
    const double cola = 0.50 + 0.02 * static_cast<double>(seed);
    write_run(folder, "lora" + suffix,
              {.label = "lora r=8 data.tasks=cola",
               .seed = seed,
               .test_scores = {{"cola", cola}},
               .attributes = attributes,
               .layout = layout});
    write_run(
        folder, "merged" + suffix,
        {.label = "lora r=8, average",
         .seed = seed,
         .test_scores = {},
         .attributes = attributes,
         .layout = layout,
         .merge = MergeRecord{.models = 1, .before = {cola}, .after = {cola - 0.1}, .cka = {0.5}}});
  }
  return load_runs({folder});
}

TEST(PaperComparison, InThePapersOwnSettingRunsAreFoundByTheirGroup) {
  const OwnSetting own = own_setting_of("stated");
  const auto comparison =
      compare_with_paper(one_task_at_a_time(), own_runs(test_folder(), 4), &own);
  EXPECT_EQ(to_text(cell(comparison, 0, 0)), "inside the interval");
  EXPECT_NEAR(cell(comparison, 0, 0).ours.mean, 52, 1e-9);
  EXPECT_NEAR(cell(comparison, 1, 0).ours.mean, 42, 1e-9) << "of the merged model";
  EXPECT_NEAR(cell(comparison, 2, 0).ours.mean, -10, 1e-9) << "after less before";
  EXPECT_EQ(to_text(cell(comparison, 2, 0)), "outside the interval");
  EXPECT_NEAR(cell(comparison, 3, 0).ours.mean, 0.5, 1e-9);
  EXPECT_NEAR(cell(comparison, 0, 1).ours.mean, 2, 1e-9);
  EXPECT_EQ(to_text(cell(comparison, 0, 1)), "not comparable: machine");
  EXPECT_EQ(comparison.scale, "");
}

TEST(PaperComparison, AnAssumedSettingAndShorterTrainingHaveNoVerdict) {
  const OwnSetting assumed = own_setting_of("assumed");
  const auto guessed =
      compare_with_paper(one_task_at_a_time(), own_runs(test_folder(), 4), &assumed);
  EXPECT_EQ(to_text(cell(guessed, 0, 0)), "not comparable: setting");
  EXPECT_EQ(to_text(cell(guessed, 2, 0)), "not comparable: setting");
  const OwnSetting stated = own_setting_of("stated");
  const auto shorter =
      compare_with_paper(one_task_at_a_time(), own_runs(test_folder(), 3), &stated);
  EXPECT_EQ(to_text(cell(shorter, 0, 0)), "not comparable: changed settings");
  EXPECT_EQ(to_text(cell(shorter, 1, 0)), "not comparable: changed settings")
      << "merged of such runs";
  EXPECT_EQ(shorter.scale, "small-scale");
}

TEST(ComparisonTable, NamesTheScaleOfOurNumbersAndWhatIsBest) {
  const RunSet set = runs(test_folder(), kOther);
  const Table table = comparison_table(compare_with_paper(paper(), set), set);
  EXPECT_THAT(table.header,
              ElementsAre("row", "column", "paper", "ours (small-scale)", "ours - paper",
                          "change, paper", "change, ours", "verdict"));
  EXPECT_THAT(table.footers, Contains("CoLA: best in the paper LoRA; ours MoRE."));
  EXPECT_THAT(table.footers, Contains(HasSubstr("backbone (tiny here, T5-base in the paper)")));
  EXPECT_THAT(table.footers, Contains(HasSubstr("small-scale: 2 tasks")));
  EXPECT_EQ(table.rows[4][5].text, "+2.0");
  EXPECT_EQ(table.rows[4][6].text, "+2.0 (+1.8 to +2.2)");
}

TEST(PrintedTable, HasThePapersNumbersAlone) {
  const Table table = printed_table(paper());
  EXPECT_THAT(table.header, ElementsAre("row", "CoLA", "AVG", "SST-2", "MMLU"));
  EXPECT_EQ(table.rows[1][1].text, "62.0 ± 1.0");
  EXPECT_EQ(table.rows[1][2].text, "n/a (not found)");
  EXPECT_THAT(table.footers, Contains("Paper: X, 2025, Table 1; by hand."));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/compare/comparison.h"

#include "analysis/output/test_output.h"
#include "analysis/runs/test_runs.h"
#include "analysis/tables/comparison.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// One task of 200 examples by accuracy.
void add_run(const fs::path& folder, const std::string& label, std::int64_t seed, int right,
             int rank) {
  test::RunSpec spec{.label = label, .seed = seed};
  spec.layout = test::small_layout();
  spec.layout.tasks.erase(spec.layout.tasks.begin());
  spec.test_scores = {{"sst2", right / 200.0}};
  spec.predictions = {{"sst2", test::first_right(right)}};
  spec.attributes = {{"config", {{"label", label}, {"options", {{"rank", rank}}}}}};
  test::write_run(folder, fmt::format("{}{}", label, seed), spec);
}

RunSet comparison_runs(const fs::path& folder, int seeds) {
  for (int seed = 0; seed < seeds; ++seed) {
    add_run(folder, "a", seed, 150 + 2 * seed, 8);
    add_run(folder, "b", seed, 110 + seed, 4);
  }
  return load_runs({folder});
}

TEST(Comparison, PairsScoresBySeed) {
  const Comparison result = compare(comparison_runs(test_folder(), 3), "a", "b", {});
  ASSERT_EQ(result.scores.size(), 2U);  // the task and the average
  const ScoreComparison& score = result.scores[0];
  EXPECT_DOUBLE_EQ(score.a.mean, 76);
  EXPECT_DOUBLE_EQ(score.b.mean, 55.5);
  // 20, 20.5 and 21: mean 20.5, deviation 0.5, t-interval ± 4.303 × 0.289.
  EXPECT_NEAR(score.over_seeds->mean, 20.5, 1e-12);
  EXPECT_NEAR(score.over_seeds->low, 20.5 - 4.30265 * 0.5 / std::sqrt(3.0), 1e-4);
  EXPECT_NEAR(score.dz, 41, 1e-9);
  EXPECT_EQ(score.cliffs_delta, 1);
  EXPECT_EQ(score.sign_flip.p, 0.25);
  EXPECT_EQ(score.wilcoxon.p, 0.25);
  EXPECT_NEAR(*score.detectable, 3.26404 * 0.5, 1e-4);
  EXPECT_EQ(score.holm_p, score.p);  // the average is no second task
  EXPECT_EQ(result.scores[1].holm_p, result.scores[1].p);
  EXPECT_EQ(score.verdict(), "higher");
}

TEST(Comparison, CorrectsAFamilyAtATime) {
  std::vector<ScoreComparison> family(2);
  family[0].p = 0.04;
  family[1].p = 0.03;
  correct(family);
  EXPECT_DOUBLE_EQ(*family[0].holm_p, 0.06);
  EXPECT_DOUBLE_EQ(*family[1].holm_p, 0.06);
}

TEST(Comparison, TestsExamplesFromTheRecordedPredictions) {
  const Comparison result = compare(comparison_runs(test_folder(), 1), "a", "b", {});
  const ScoreComparison& score = result.scores[0];
  EXPECT_FALSE(score.over_seeds);
  ASSERT_EQ(score.mcnemar_p.size(), 1U);
  EXPECT_NEAR(score.mcnemar_p[0] / std::ldexp(2.0, -40), 1, 1e-9);  // 40 to 0
  EXPECT_EQ(score.p, score.over_examples->p);
  EXPECT_GT(score.over_examples->low, 10);  // in points, as printed
  EXPECT_LT(score.over_examples->high, 30);
}

TEST(Comparison, AHigherErrorIsHigherNotBetter) {
  const auto folder = test_folder();
  RunLayout layout = test::small_layout();
  for (TaskRecord& task : layout.tasks) task.metrics = {"relative_error"};
  for (const int seed : {0, 1, 2}) {
    const double low = 0.1 + 0.001 * seed;
    test::write_run(folder, fmt::format("a{}", seed),
                    {.label = "a",
                     .seed = seed,
                     .test_scores = {{"cola", 0.5}, {"sst2", 0.5}},
                     .layout = layout});
    test::write_run(folder, fmt::format("b{}", seed),
                    {.label = "b",
                     .seed = seed,
                     .test_scores = {{"cola", low}, {"sst2", low}},
                     .layout = layout});
  }
  const Comparison result = compare(load_runs({folder}), "a", "b", {});
  EXPECT_EQ(result.scores[0].heading, "cola ↓");
  EXPECT_TRUE(result.scores[0].mcnemar_p.empty());  // nothing is right or wrong
  EXPECT_NEAR(result.scores[0].over_seeds->mean, 0.399, 1e-12);
  EXPECT_EQ(result.scores[0].verdict(), "higher");
}

TEST(Comparison, NamesWhatItCanNotCompare) {
  const auto folder = test_folder();
  const RunSet set = comparison_runs(folder, 1);
  EXPECT_EQ(error_of([&] { compare(set, "a", "c", {}); }),
            "no finished run is called 'c'; the labels are a, b");
  EXPECT_EQ(error_of([&] { compare(set, "a", "a", {}); }),
            "'a' would be compared with itself; name two labels");
  add_run(folder, "c", 5, 100, 4);
  EXPECT_NE(error_of([&] {
              compare(load_runs({folder}), "a", "c", {});
            }).find("share no seed under one protocol"),
            std::string::npos);
}

TEST(ComparisonTable, PrintsTheConfigAndWhatThreeSeedsCanNotSay) {
  const Table table = comparison_table(compare(comparison_runs(test_folder(), 3), "a", "b", {}));
  EXPECT_NE(table.caption.find("a is higher than b on sst2"), std::string::npos);
  EXPECT_TRUE(table.caption.ends_with(" A: a; B: b."));
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.header.size());
  EXPECT_EQ(table.rows[0][3].text, "+20.50");
  EXPECT_NE(table.rows[0][9].text, "–") << "over seeds and examples";
  EXPECT_EQ(table.rows[0][10].text, "3 of 3");
  EXPECT_TRUE(has_footer(table, "Config, A → B: options.rank: 8 → 4"));
  EXPECT_TRUE(has_footer(table,
                         "Over 3 seeds no two-sided exact test (signs, Wilcoxon) can give p "
                         "below 0.25"));
}

RunGroup group_of(const char* variant, const nlohmann::json& options) {
  Run run;
  run.attributes["config"] = {{"variant", variant}, {"label", variant}, {"options", options}};
  return {variant, {run}};
}

TEST(ConfigDifferences, OfTwoVariantsLeaveOutOptionsThatOneHasNot) {
  const RunGroup lora = group_of("lora", {{"rank", 8}}),
                 smora = group_of("smora", {{"rank", 64}, {"active", 8}});
  const auto found = config_differences(lora, smora);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(to_text(found[0]), "options.rank: 8 → 64");
  EXPECT_EQ(to_text(found[1]), R"(variant: "lora" → "smora")");
  EXPECT_EQ(config_differences(lora, group_of("lora", {{"active", 8}})).size(), 2U);
}

TEST(ConfigDifferences, OfAnotherVariantAreItsOptionsThatAreNoDefaults) {
  const RunGroup lora = group_of("lora", {{"rank", 8}});
  RunGroup smora = group_of("smora", {{"rank", 64}, {"active", 4}});
  smora.runs[0].attributes["identity"] = {{"options", {{"active", 4}}}};
  const auto found = config_differences(lora, smora);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(to_text(found[0]), R"(variant: "lora" → "smora")");
  EXPECT_EQ(to_text(found[1]), "options.active: 4");
}

TEST(Comparison, TestsEquivalenceAgainstAMargin) {
  Comparison found = compare(comparison_runs(test_folder(), 3), "a", "b", {});
  ScoreComparison& score = found.scores[0];  // differences of 20, 20.5 and 21 points
  test_equivalence(score, 30);
  ASSERT_TRUE(score.equivalence);
  EXPECT_LT(*score.equivalence, 0.05);
  test_equivalence(score, 20.5);
  EXPECT_NEAR(*score.equivalence, 0.5, 1e-12);
  score.p = 0.6;
  test_equivalence(score, 30);
  std::vector<ScoreComparison> alone = {score};
  correct(alone);
  EXPECT_EQ(alone[0].verdict(), "alike");
}

TEST(Comparison, DrawsSeedsAndExamplesTogether) {
  const Comparison found = compare(comparison_runs(test_folder(), 3), "a", "b", {});
  const ScoreComparison& score = found.scores[0];
  ASSERT_TRUE(score.over_both);
  EXPECT_LT(score.over_both->low, 20);
  EXPECT_GT(score.over_both->high, 21);
  EXPECT_FALSE(
      compare(comparison_runs(test_folder() / "one", 1), "a", "b", {}).scores[0].over_both);
}

TEST(ComparisonTable, OneSeedSaysThatItSaysNothingOfOthers) {
  const Table table = comparison_table(compare(comparison_runs(test_folder(), 1), "a", "b", {}));
  EXPECT_EQ(table.rows[0][5].text, "–");
  EXPECT_EQ(table.rows[0][15].text, "higher");
  EXPECT_TRUE(has_footer(table, "one seed says nothing of others"));
}

TEST(FewSeedsFooter, EndsWithSixSeeds) {
  EXPECT_NE(few_seeds_footer(5).find("below 0.0625"), std::string::npos);
  EXPECT_EQ(few_seeds_footer(6), "");
  EXPECT_EQ(few_seeds_footer(1), "");
}

TEST(Comparison, ComparesWithTheStudysReferenceWhereNoneIsWanted) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.label = "a"});
  test::write_run(folder, "b", {.label = "b"});
  RunSet set = load_runs({folder});
  EXPECT_EQ(find_reference(set, ""), 0U);
  EXPECT_EQ(find_reference(set, "b"), 1U);
  set.reference = "b";
  EXPECT_EQ(find_reference(set, ""), 1U);
  EXPECT_EQ(find_reference(set, "a"), 0U);
  set.reference = "not among the rows";
  EXPECT_EQ(find_reference(set, ""), 0U);
}

}  // namespace
}  // namespace rankwise::analysis

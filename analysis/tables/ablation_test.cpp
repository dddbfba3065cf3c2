#include "analysis/tables/ablation.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

/// Both tasks at `score`, seeds 0.01 apart.
void add_label(const std::filesystem::path& folder, const std::string& label, std::int64_t order,
               const std::vector<double>& scores, double weight) {
  for (std::size_t seed = 0; seed < scores.size(); ++seed) {
    test::RunSpec spec{.label = label, .seed = static_cast<std::int64_t>(seed)};
    spec.test_scores = {{"cola", scores[seed]}, {"sst2", scores[seed]}};
    spec.attributes = {{"order", order},
                       {"config", {{"label", label}, {"options", {{"weight", weight}}}}}};
    test::write_run(folder, fmt::format("{}{}", label, seed), spec);
  }
}

RunSet ablation_runs(const std::filesystem::path& folder) {
  add_label(folder, "full", 0, {0.80, 0.81, 0.82}, 0.1);
  add_label(folder, "without", 1, {0.70, 0.711, 0.72}, 0);
  add_label(folder, "other", 2, {0.75, 0.85, 0.80}, 0.2);
  return load_runs({folder});
}

TEST(Ablation, HasARowForEachChangeWithItsVerdict) {
  const Table table = ablation_table(ablation_runs(test_folder()), {.reference = "full"});
  EXPECT_EQ(table.header, (Texts{"method", "config", "average", "difference", "95 %",
                                 "95 % (seeds and examples)", "p", "p (Holm)", "verdict"}));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0][1].text, "reference");
  EXPECT_EQ(table.rows[1][0].text, "without");
  EXPECT_EQ(table.rows[1][1].text, "options.weight: 0.1 → 0.0");
  // -10, -9.9 and -10: mean -9.97, deviation 0.058, t-interval ± 4.303 × 0.033.
  EXPECT_EQ(table.rows[1][3].text, "-9.97");
  EXPECT_EQ(table.rows[1][4].text, "-10.11 to -9.82");
  EXPECT_EQ(table.rows[1].back().text, "lower");
  EXPECT_EQ(table.rows[2].back().text, "inconclusive");
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.header.size());
}

TEST(Ablation, AnyLabelCanBeTheReferenceAndKeepsTheStudysOrder) {
  const Table table = ablation_table(ablation_runs(test_folder()), {.reference = "without"});
  EXPECT_EQ(table.rows[0][0].text, "without");
  EXPECT_EQ(table.rows[1][0].text, "full");
  EXPECT_EQ(table.rows[1].back().text, "higher");
  EXPECT_EQ(table.rows[2][0].text, "other");
}

TEST(Ablation, TestsRowsForBeingAlikeWhereAMarginIsGiven) {
  const auto folder = test_folder();
  add_label(folder, "full", 0, {0.80, 0.81, 0.82}, 0.1);
  add_label(folder, "near", 1, {0.801, 0.8095, 0.8205}, 0);
  const RunSet runs = load_runs({folder});
  const Table table = ablation_table(runs, {.reference = "full", .margin = 1});
  EXPECT_EQ(table.header[8], "p (alike)");
  EXPECT_EQ(table.rows[1].back().text, "alike");
  EXPECT_EQ(ablation_table(runs, {.reference = "full", .margin = 0.01}).rows[1].back().text,
            "inconclusive");
}

TEST(Ablation, ComparesAnotherMetricThanTheFirst) {
  const Table table = ablation_table(ablation_runs(test_folder()), {.score = "cola/accuracy"});
  EXPECT_EQ(table.header[2], "cola/accuracy");
  EXPECT_EQ(table.rows[1][3].text, "-9.97");
}

TEST(Ablation, RefusesUnknownLabelsAndScores) {
  const RunSet set = ablation_runs(test_folder());
  EXPECT_EQ(error_of([&] { ablation_table(set, {.reference = "ful"}); }),
            "no finished run is called 'ful' (did you mean 'full'?); the labels are full, without, "
            "other");
  EXPECT_EQ(error_of([&] { ablation_table(set, {.score = "mnli"}); }),
            "unknown score 'mnli'; the scores are cola, sst2, average");
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/tables/measures.h"

#include "analysis/output/test_output.h"
#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

/// Two seeds of "more", whose second chose rank 1 everywhere, and one of "lora", which chooses
/// none.
RunSet measures_runs(const std::filesystem::path& folder) {
  test::RunSpec more = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  more.label = "more";
  test::write_run(folder, "a", more);
  more = test::planted_run({2, 2, 2, 2}, {1, 1, 1, 1});
  more.label = "more";
  more.seed = 1;
  test::write_run(folder, "b", more);
  test::RunSpec lora = test::planted_run({1, 1, 1, 1}, {1, 1, 1, 1});
  lora.label = "lora";
  lora.attributes = {{"order", 1}};
  for (SiteRecord& site : lora.layout.sites) site.selection = false;
  for (auto* usages : {&lora.usage, &lora.first_usage}) {
    for (SiteUsage& usage : *usages) {
      usage.chosen_rank.clear();
      usage.probability.clear();
    }
  }
  test::write_run(folder, "c", lora);
  return load_runs({folder});
}

TEST(MeasuresTable, HasARowALabelAndAColumnAMeasure) {
  const Table table = measures_table(measures_runs(test_folder()),
                                     {.measures = {"mean_rank", "error_best", "tau_b"}});
  EXPECT_EQ(table.header, (Texts{"method", "seeds", "error, best", "τ-b", "mean rank"}));
  ASSERT_EQ(table.rows.size(), 2U);
  // Tau is SciPy's of {1, 2, 3, 1} twice against {1, 2, 3, 1, 2, 2, 1, 3}; mean ranks 1.75 and 1.
  EXPECT_EQ(texts(table.rows[0]), (Texts{"more", "2", "0.200 ± 0.000", "0.15 (1)", "1.38 ± 0.53"}));
  EXPECT_EQ(table.rows[0][4].value->count, 2U);
  EXPECT_EQ(texts(table.rows[1]), (Texts{"lora", "1", "0.200", "–", "–"}));
}

TEST(MeasuresTable, SaysHowManySeedsHaveAMeasure) {
  const Table table = measures_table(measures_runs(test_folder()), {.measures = {"tau_b"}});
  EXPECT_TRUE(table.rows[0][2].text.ends_with(" (1)")) << table.rows[0][2].text;
  EXPECT_EQ(table.rows[0][2].value->count, 1U);
  EXPECT_TRUE(has_footer(table, "Seeds: 1 (0); more: 2 (0, 1)"));
  EXPECT_TRUE(has_footer(table, "τ-b (`tau_b`): Kendall's tau-b"));
  EXPECT_TRUE(has_footer(table, "Protocol: protocol-a."));
}

TEST(MeasuresTable, LeavesOutWhatFewerThanHalfOfTheSeedsHave) {
  const auto folder = test_folder();
  RunSet runs = measures_runs(folder);
  test::RunSpec constant = test::planted_run({2, 2, 2, 2}, {1, 1, 1, 1});  // has no tau
  constant.label = "more";
  constant.seed = 2;
  test::write_run(folder, "d", constant);
  const Table table = measures_table(load_runs({folder}), {.measures = {"error_best", "tau_b"}});
  EXPECT_EQ(table.header, (Texts{"method", "seeds", "error, best"})) << "one of three seeds has it";
}

TEST(MeasuresTable, LeavesOutWhatNoRunHas) {
  const Table table = measures_table(measures_runs(test_folder()));
  const auto count = [&](const char* name) {
    return std::count(table.header.begin(), table.header.end(), name);
  };
  EXPECT_EQ(count("mean rank"), 1);
  EXPECT_EQ(count("right directions"), 0);  // no factors
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.header.size());
}

TEST(MeasuresTable, RefusesUnknownNamesAndRunsWithoutMeasures) {
  const RunSet runs = measures_runs(test_folder());
  EXPECT_NE(error_of([&] { measures_table(runs, {.measures = {"tau"}}); }).find("unknown measure"),
            std::string::npos);
  const auto folder = test_folder();
  test::write_run(folder, "a");
  EXPECT_NE(error_of([&] { measures_table(load_runs({folder})); }).find("no run has any"),
            std::string::npos);
}

TEST(MeasuresTable, RefusesToMixProtocolsUnlessTheyAreMarked) {
  const auto folder = test_folder();
  test::write_run(folder, "a", test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1}));
  test::RunSpec other = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  other.label = "other";
  other.attributes = {{"protocol_hash", "protocol-b"}};
  test::write_run(folder, "b", other);
  const RunSet runs = load_runs({folder});
  EXPECT_NE(error_of([&] { measures_table(runs); }).find("protocol-b"), std::string::npos);
  const Table table = measures_table(runs, {.measures = {"mean_rank"}, .allow_mixed = true});
  EXPECT_EQ(table.rows[1][2].text, "1.75†");
}

TEST(MeanRankTable, IsTheCurveOverSteps) {
  const Table table = mean_rank_table(measures_runs(test_folder()));
  EXPECT_EQ(table.header,
            (Texts{"method", "seeds", "step 2", "step 4", "gate entropy", "p(chosen)"}));
  EXPECT_EQ(texts(table.rows[0]),
            (Texts{"more", "2", "1.50 ± 0.71", "1.38 ± 0.53", "1.00", "0.33"}));
  EXPECT_EQ(table.rows.size(), 1U) << "lora chooses no rank";
  const auto folder = test_folder();
  test::write_run(folder, "a");
  EXPECT_EQ(error_of([&] { mean_rank_table(load_runs({folder})); }),
            "no run chose ranks: there is no mean rank to print");
}

}  // namespace
}  // namespace rankwise::analysis

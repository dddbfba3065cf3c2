#include "analysis/tables/grid.h"

#include "analysis/output/test_output.h"
#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

/// Rank 2 and 16 of two variants; smora has no rank 16.
RunSet grid_runs(const std::filesystem::path& folder, const std::string& other_protocol) {
  const auto add = [&](const char* variant, int rank, std::int64_t seed, double score) {
    test::RunSpec spec{.label = fmt::format("{} {}", variant, rank), .seed = seed};
    spec.test_scores = {{"cola", score}, {"sst2", 0.9}};
    spec.attributes = {{"variant", variant}, {"config", {{"options", {{"rank", rank}}}}}};
    if (rank == 16) spec.attributes["protocol_hash"] = other_protocol;
    test::write_run(folder, fmt::format("{}{}{}", variant, rank, seed), spec);
  };
  add("lora", 2, 0, 0.5);
  add("lora", 2, 1, 0.54);
  add("lora", 16, 0, 0.6);
  add("smora", 2, 0, 0.7);
  return load_runs({folder});
}

const GridOptions kRanks{.rows = "options.rank", .columns = "variant", .score = "cola"};

TEST(GridTable, HasACellForEachPairOfValues) {
  const Table table = grid_table(grid_runs(test_folder(), "protocol-a"), kRanks);
  EXPECT_EQ(table.header, (Texts{"options.rank", "lora", "smora"}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(texts(table.rows[0]), (Texts{"2", "52.0 ± 2.8", "70.0"}));
  EXPECT_EQ(texts(table.rows[1]), (Texts{"16", "60.0", "–"}));
  EXPECT_EQ(table.rows[0][1].value->count, 2U);
  EXPECT_EQ(table.caption, "cola by options.rank and variant");
}

TEST(GridTable, NumbersInTheHeaderSayWhatTheyAreOf) {
  const GridOptions options{.rows = "variant", .columns = "options.rank"};
  const Table table = grid_table(grid_runs(test_folder(), "protocol-a"), options);
  EXPECT_EQ(table.header, (Texts{"variant", "rank = 2", "rank = 16"}));
  EXPECT_EQ(table.rows[1][1].text, "80.0");  // the average of 70 and 90
}

TEST(GridTable, ProtocolsMayDifferBetweenColumnsButNotWithinOne) {
  const RunSet set = grid_runs(test_folder(), "protocol-b");
  const Table apart = grid_table(set, {.rows = "variant", .columns = "options.rank"});
  EXPECT_NE(to_markdown(apart).find("Protocols: rank = 2: protocol-a; rank = 16: protocol-b."),
            std::string::npos);
  EXPECT_NE(error_of([&] { grid_table(set, kRanks); }).find("cannot share a column"),
            std::string::npos);
  GridOptions mixed = kRanks;
  mixed.allow_mixed = true;
  EXPECT_EQ(grid_table(set, mixed).rows[1][1].text, "60.0†");
}

TEST(GridTable, RefusesACellOfSeveralConfigs) {
  const RunSet set = grid_runs(test_folder(), "protocol-a");
  EXPECT_NE(error_of([&] {
              grid_table(set, {.rows = "variant", .columns = "suite"});
            }).find("variant = lora, suite = planted would hold two runs of seed 0"),
            std::string::npos);
}

TEST(GridTable, RefusesUnknownScoresAndOneAxisTwice) {
  const RunSet set = grid_runs(test_folder(), "protocol-a");
  EXPECT_EQ(error_of([&] { grid_table(set, {.score = "mnli"}); }),
            "unknown score 'mnli'; the scores are cola, sst2, average");
  EXPECT_EQ(error_of([&] { grid_table(set, {.rows = "seed"}); }),
            "rows and columns are both 'seed'; choose two axes");
}

}  // namespace
}  // namespace rankwise::analysis

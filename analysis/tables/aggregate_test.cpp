#include "analysis/tables/aggregate.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

void add_label(const std::filesystem::path& folder, const std::string& label,
               const std::vector<double>& cola, double sst2) {
  for (std::size_t seed = 0; seed < cola.size(); ++seed) {
    test::write_run(folder, fmt::format("{}{}", label, seed),
                    {.label = label,
                     .seed = static_cast<std::int64_t>(seed),
                     .test_scores = {{"cola", cola[seed]}, {"sst2", sst2}}});
  }
}

TEST(AggregateTable, IsOverTasksAndSeeds) {
  const auto folder = test_folder();
  add_label(folder, "a", {0.50, 0.52}, 0.9);
  add_label(folder, "b", {0.51, 0.60}, 0.9);
  const Table table = aggregate_table(load_runs({folder}));
  EXPECT_EQ(table.header[3], "P(better than a)");
  // 50, 52, 90, 90 without the ends: 71; only cola's seeds differ.
  EXPECT_EQ(table.rows[0][1].text, "71.0 (70.0 to 71.0)");
  EXPECT_EQ(table.rows[0][3].text, "reference");
  // cola: 51 and 60 against 50 and 52, three of four; sst2: ties, a half.
  EXPECT_EQ(table.rows[1][3].text.substr(0, 4), "0.62");
}

TEST(AggregateTable, RanksTheLabelsOverTasks) {
  const auto folder = test_folder();
  add_label(folder, "a", {0.50, 0.52}, 0.9);
  add_label(folder, "b", {0.51, 0.60}, 0.9);
  const Table table = aggregate_table(load_runs({folder}));
  EXPECT_EQ(table.header[4], "mean rank");
  EXPECT_EQ(table.rows[0][4].text, "1.8");  // second on cola, even on sst2
  EXPECT_EQ(table.rows[1][4].text, "1.2");
  EXPECT_TRUE(table.footers.back().starts_with("mean rank: of 2 labels over 2 tasks"))
      << table.footers.back();
}

TEST(AggregateTable, OneSeedHasNoInterval) {
  const auto folder = test_folder();
  add_label(folder, "a", {0.5}, 0.9);
  EXPECT_EQ(aggregate_table(load_runs({folder})).rows[0][1].text, "70.0");
}

TEST(AggregateTable, ALowerErrorIsBetter) {
  const auto folder = test_folder();
  RunLayout layout = test::small_layout();
  for (TaskRecord& task : layout.tasks) task.metrics = {"relative_error"};
  test::write_run(folder, "a", {.label = "a", .layout = layout});
  test::write_run(folder, "b",
                  {.label = "b", .test_scores = {{"cola", 0.1}, {"sst2", 0.1}}, .layout = layout});
  const Table table = aggregate_table(load_runs({folder}), {.reference = "a"});
  EXPECT_EQ(table.header[1], "IQM ↓");
  EXPECT_EQ(table.rows[1][3].text, "1.00");
}

TEST(AggregateTable, RefusesMeasuresOfTwoDirections) {
  const auto folder = test_folder();
  RunLayout layout = test::small_layout();
  layout.tasks[0].metrics = {"relative_error"};
  test::write_run(folder, "a", {.layout = layout});
  EXPECT_NE(error_of([&] { aggregate_table(load_runs({folder})); }).find("no common scale"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

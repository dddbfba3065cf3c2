#include "analysis/tables/merging.h"

#include "analysis/measures/planted_measures.h"
#include "analysis/output/test_output.h"
#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

MergeRecord merged(double after) {
  return {.models = 2,
          .before = {0.5, 0.9},
          .after = {after, 0.8},
          .cka = {0.5, 0.7},
          .cosine = {1, -0.25, -0.25, 1},
          .overlap = {1, 0.5, 0.5, 1},
          .interference = {0.75}};
}

// Tasks cola (matthews) and sst2 (accuracy), one site.
RunLayout one_site() {
  RunLayout layout = test::small_layout();
  layout.sites = {{.name = "x", .in = 3, .out = 3}};
  return layout;
}

RunSet runs() {
  const auto folder = test_folder();
  test::write_run(folder, "a",
                  {.label = "lora, ties",
                   .seed = 0,
                   .layout = one_site(),
                   .usage = {SiteUsage{}},
                   .merge = merged(0.4)});
  test::write_run(folder, "b",
                  {.label = "lora, ties",
                   .seed = 1,
                   .layout = one_site(),
                   .usage = {SiteUsage{}},
                   .merge = merged(0.2)});
  return load_runs({folder});
}

TEST(MergingTable, ShowsBeforeAfterAndTheirDifference) {
  const Table table = merging_table(runs());
  ASSERT_THAT(table.rows, SizeIs(3));
  // Differences -10 and -30: mean -20, deviation 14.14, t(1) = 12.706: +-127.1.
  EXPECT_THAT(texts(table.rows[0]), ElementsAre("lora, ties", "cola", "50.0 ± 0.0", "30.0 ± 14.1",
                                                "-20.0 [-147.1, +107.1]", "0.50 ± 0.00"));
  EXPECT_THAT(texts(table.rows[1]), ElementsAre("lora, ties", "sst2", "90.0 ± 0.0", "80.0 ± 0.0",
                                                "-10.0 [-10.0, -10.0]", "0.70 ± 0.00"));
  EXPECT_THAT(texts(table.rows[2]), ElementsAre("lora, ties", "average", "70.0 ± 0.0", "55.0 ± 7.1",
                                                "-15.0 [-78.5, +48.5]", "0.60 ± 0.00"));
}

TEST(MergingTable, MarksRowsOfAnotherProtocol) {
  const auto folder = test_folder();
  for (const char* protocol : {"a", "b"}) {
    test::write_run(folder, protocol,
                    {.label = protocol,
                     .attributes = {{"protocol_hash", protocol}},
                     .layout = one_site(),
                     .usage = {SiteUsage{}},
                     .merge = merged(0.4)});
  }
  const RunSet set = load_runs({folder});
  EXPECT_THAT(error_of([&] { merging_table(set); }), HasSubstr("name the runs of one protocol"));
  const Table table = merging_table(set, {.allow_mixed = true});
  EXPECT_EQ(table.rows[0][3].text, "40.0");
  EXPECT_EQ(table.rows[3][3].text, "40.0†");
}

TEST(MergingTable, NeedsMergedModels) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  EXPECT_THAT(error_of([&] { merging_table(load_runs({folder})); }),
              HasSubstr("rankwise merge makes them"));
}

TEST(Measures, OfAMergedModel) {
  const auto path = test::write_run(
      test_folder(), "a",
      {.label = "lora, ties", .layout = one_site(), .usage = {SiteUsage{}}, .merge = merged(0.4)});
  const MeasureValues values = measure_run(RunFile(path));
  EXPECT_DOUBLE_EQ(values.at("merge_before"), 0.7);
  EXPECT_DOUBLE_EQ(values.at("merge_after"), 0.6);
  EXPECT_DOUBLE_EQ(values.at("merge_cka"), 0.6);
  EXPECT_DOUBLE_EQ(values.at("merge_cosine"), 0.25) << "its magnitude";
  EXPECT_DOUBLE_EQ(values.at("input_overlap"), 0.5);
  EXPECT_DOUBLE_EQ(values.at("interference"), 0.75);
}

}  // namespace
}  // namespace rankwise::analysis

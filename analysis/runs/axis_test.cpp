#include "analysis/runs/axis.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

nlohmann::json with_options(int rank, const char* variant, std::int64_t order) {
  return {{"variant", variant}, {"order", order}, {"config", {{"options", {{"rank", rank}}}}}};
}

/// Ranks 16, 2 and 2, of two variants.
RunSet axis_runs(const std::filesystem::path& folder) {
  test::write_run(folder, "a", {.label = "a", .attributes = with_options(16, "more", 0)});
  test::write_run(folder, "b", {.label = "b", .attributes = with_options(2, "more", 1)});
  test::write_run(folder, "c", {.label = "c", .attributes = with_options(2, "lora", 2)});
  return load_runs({folder});
}

TEST(Axis, IsAnAttributeOrAPathOfTheConfig) {
  const RunSet set = axis_runs(test_folder());
  EXPECT_EQ(axis_value(set.groups[0].runs[0], "variant"), "more");
  EXPECT_EQ(axis_value(set.groups[0].runs[0], "options.rank"), "16");
  EXPECT_EQ(axis_value(set.groups[0].runs[0], "options.alpha"), "–");
}

TEST(Axis, NumbersRiseAndWordsKeepTheStudysOrder) {
  const RunSet set = axis_runs(test_folder());
  EXPECT_EQ(axis_values(set, "options.rank"), (Texts{"2", "16"}));
  EXPECT_EQ(axis_values(set, "variant"), (Texts{"more", "lora"}));
  EXPECT_EQ(axis_values(set, "label"), (Texts{"a", "b", "c"}));
}

TEST(Axis, ThatNoRunHasIsAnErrorThatNamesWhatDiffers) {
  const RunSet set = axis_runs(test_folder());
  EXPECT_EQ(error_of([&] { axis_values(set, "options.rnk"); }),
            "no run has 'options.rnk'; these runs differ in options.rank");
}

TEST(GroupBy, PutsTheSeedsOfOneValueTogether) {
  const auto folder = test_folder();
  test::write_run(folder, "d", {.label = "b", .seed = 1, .attributes = with_options(2, "more", 1)});
  const RunSet kept = keep_where(axis_runs(folder), {"variant=more"});
  const RunSet grouped = group_by(kept, "options.rank");
  ASSERT_EQ(grouped.labels(), (Texts{"2", "16"}));
  ASSERT_EQ(grouped.groups[0].runs.size(), 2U);
  EXPECT_EQ(grouped.groups[0].runs[1].seed, 1);
}

TEST(GroupBy, RefusesTwoRunsOfOneSeedInAGroup) {
  const RunSet set = axis_runs(test_folder());
  EXPECT_EQ(error_of([&] { group_by(set, "variant"); }),
            "variant = more would hold two runs of seed 0, 'a' and 'b', which differ in "
            "options.rank; choose another axis, or keep some runs with --where");
}

TEST(KeepWhere, SaysWhichValuesThereAre) {
  const RunSet set = axis_runs(test_folder());
  EXPECT_EQ(keep_where(set, {"variant=more", "options.rank=2"}).labels(), Texts{"b"});
  EXPECT_EQ(error_of([&] { keep_where(set, {"variant=mora"}); }),
            "no run has variant = mora; its values are more, lora");
  EXPECT_EQ(error_of([&] { keep_where(set, {"variant"}); }),
            "--where variant: expected axis=value");
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/papers/reproduction.h"

#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path kConfigs = source_tree() / "configs";

TEST(Reproduction, ThePlanNamesStudyDataAndCommands) {
  const fs::path results = test_folder();
  fs::create_directories(results / "more_table5");
  write_bytes(results / "more_table5/more-s0-1.h5", "");
  write_bytes(results / "more_table5/more-s1-1.failed.h5", "");
  const std::string plan =
      reproduction_plan(find_paper_table("more.table5"), {kConfigs, "nowhere", results});
  const std::string file = (kConfigs / "more_table5.json").string();
  EXPECT_THAT(plan, HasSubstr("arXiv:2505.22694, Table 5"));
  EXPECT_THAT(plan, HasSubstr("backbone   T5-base"));
  EXPECT_THAT(plan, HasSubstr("hours      not found"));
  EXPECT_THAT(plan, HasSubstr("bert minilm-l6 on text10"));
  EXPECT_THAT(plan,
              HasSubstr("to be prepared: scripts/prepare --suite text10 --backbone minilm-l6"));
  EXPECT_THAT(plan, HasSubstr("rankwise run " + file + " --dry-run"));
  EXPECT_THAT(plan, HasSubstr("1 of 30 runs finished"));
}

TEST(Reproduction, ATableWithoutAStudySaysWhy) {
  const std::string plan =
      reproduction_plan(find_paper_table("flylora.table9"), {kConfigs, "data", "results"});
  EXPECT_THAT(plan, HasSubstr("no study: a count and no experiment"));
  EXPECT_THAT(plan, Not(HasSubstr("rankwise run")));
}

TEST(Reproduction, PrintedHoursAreGiven) {
  EXPECT_THAT(reproduction_plan(find_paper_table("flylora.table13"), {kConfigs, "data", "results"}),
              HasSubstr("4.73 h for FlyLoRA (Table 8)"));
}

TEST(Reproduction, TheListHasEveryTableWithItsState) {
  const Table list = reproduction_list({kConfigs, "data", test_folder()});
  ASSERT_EQ(list.rows.size(), paper_tables().size());
  EXPECT_EQ(list.rows[4][0].text, "more.table5");
  EXPECT_EQ(list.rows[4][2].text, "more_table5");
  EXPECT_EQ(list.rows[4][3].text, "0 of 30 runs finished");
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/papers/reproduction.h"

#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const fs::path kConfigs = source_tree() / "configs";

void write(const fs::path& path) {
  fs::create_directories(path.parent_path());
  write_bytes(path, "");
}

TEST(Reproduction, ThePlanNamesStudyDataAndCommands) {
  const fs::path results = test_folder();
  write(results / "more_table5/more-s0-1.h5");
  write(results / "more_table5/more-s1-1.failed.h5");
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

TEST(Reproduction, ThePlanOfThePapersOwnSettingIsWhatToType) {
  const fs::path results = test_folder();
  const std::string plan =
      reproduction_plan(find_paper_table("flylora.table2"), {kConfigs, "nowhere", results});
  const std::string papers = (kConfigs / "papers").string();
  for (const std::string& line :
       {std::string("hf download Qwen/Qwen2.5-7B "), std::string("hf download cais/mmlu "),
        std::string("scripts/prepare --suite flylora --backbone llama-3.1-8b --files "
                    "nowhere/hub/flylora --data nowhere\n"),
        "rankwise run " + papers + "/flylora_table1.json --device cuda --data nowhere\n",
        "rankwise run " + papers + "/flylora_table2.json --device cuda --data nowhere --reuse " +
            results.string() + "/paper_flylora_table1\n",
        "rankwise merge " + results.string() +
            "/paper_flylora_table2 --rule average --rule factors\n",
        std::string("rankwise reproduce flylora.table2\n"),
        std::string("96 runs of 1 epoch or 20 epochs or 2 epochs"),
        std::string("state      unprepared\n"),
        std::string("missing    nowhere/models/llama-3.1-8b\n"),
        std::string("disk       31 GB of weights"), std::string("setting    stated; assumed: ")}) {
    EXPECT_THAT(plan, HasSubstr(line));
  }
  EXPECT_THAT(plan, Not(HasSubstr("small-scale")));
}

TEST(Reproduction, AWrongFolderOfStudiesIsAnError) {
  EXPECT_THAT(error_of([] {
                reproduction_list({"nowhere", "data", "results"});
              }),
              HasSubstr("nowhere/papers: there is no such folder"));
}

TEST(Reproduction, DataThatAreNotPublicAreAskedFor) {
  const std::string plan =
      reproduction_plan(find_paper_table("smora.balance"), {kConfigs, "nowhere", "results"});
  EXPECT_THAT(plan, HasSubstr("data not public: give FILE, a description of yours "
                              "(docs/own_data.md): scripts/prepare --suite smora_domains "
                              "--backbone llama-2-7b --from FILE --data nowhere\n"));
  EXPECT_THAT(plan, HasSubstr("setting    assumed, so no verdict is given; "));
  EXPECT_THAT(plan, HasSubstr("state      private\n"));
}

TEST(Reproduction, RunsOfThePapersOwnSettingComeFirst) {
  const fs::path results = test_folder();
  const PaperTable& table = find_paper_table("more.table5");
  const ReproductionPaths paths{kConfigs, "nowhere", results};
  EXPECT_THAT(reproduction_results(table, paths), IsEmpty());
  write(results / "more_table5/a.h5");
  EXPECT_THAT(reproduction_results(table, paths), ElementsAre(results / "more_table5"));
  write(results / "paper_more_table5/a.h5");
  EXPECT_THAT(reproduction_results(table, paths), ElementsAre(results / "paper_more_table5"));
  write(results / "paper_more_table5/merged/a.h5");
  EXPECT_THAT(reproduction_results(table, paths),
              ElementsAre(results / "paper_more_table5", results / "paper_more_table5/merged"));
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
  const Table list = reproduction_list({kConfigs, "nowhere", test_folder()});
  ASSERT_EQ(list.rows.size(), paper_tables().size());
  EXPECT_EQ(list.rows[4][0].text, "more.table5");
  EXPECT_EQ(list.rows[4][2].text, "unprepared");
  EXPECT_EQ(list.rows[4][3].text, "more_table5");
  EXPECT_EQ(list.rows[4][4].text, "0 of 30 runs finished");
}

}  // namespace
}  // namespace rankwise::analysis

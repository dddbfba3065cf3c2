#include "analysis/tables/table_kind.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

TEST(Tables, AreLookedUpByName) {
  EXPECT_EQ(tables().names(),
            (Texts{"ablation", "aggregate", "grid", "mean_rank", "measures", "merging", "scores"}));
  EXPECT_EQ(error_of([] { tables().find("score"); }),
            "unknown table 'score'; the tables are ablation, aggregate, grid, mean_rank, measures, "
            "merging, scores");
}

TEST(Tables, TakeOptionsByNameAndRefuseOthers) {
  const auto folder = test_folder();
  test::write_run(folder, "a");
  const RunSet set = load_runs({folder});
  const TableKind& scores = tables().find("scores");
  EXPECT_EQ(scores.make(set, {{"split", "dev"}, {"parameters", "last"}}).rows[0][1].text, "40.0");
  EXPECT_NE(error_of([&] { scores.make(set, {{"splt", "dev"}}); }).find("splt"), std::string::npos);
  EXPECT_NE(error_of([&] {
              scores.make(set, {{"split", "train"}});
            }).find("one of dev, test"),
            std::string::npos);
  EXPECT_EQ(scores.options[0].name, "split");
}

TEST(Tables, TheNameMayStandBeforeThePaths) {
  Texts arguments = {"measures", "results"};
  EXPECT_EQ(take_table_name(arguments), "measures");
  EXPECT_EQ(arguments, Texts{"results"});
  EXPECT_EQ(take_table_name(arguments), "scores");
  EXPECT_EQ(arguments, Texts{"results"});
}

}  // namespace
}  // namespace rankwise::analysis

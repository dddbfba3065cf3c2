#include "analysis/tables/table_kind.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

using Texts = std::vector<std::string>;

TEST(Tables, RegisterThemselvesAndAreLookedUpByName) {
  const Texts names = tables().names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"ablation", "grid", "mean_rank", "measures", "scores"}) {
    EXPECT_TRUE(tables().contains(name)) << name;
  }
  EXPECT_EQ(error_of([] { tables().find("score"); }),
            fmt::format("unknown table 'score' (did you mean 'scores'?); the tables are {}",
                        fmt::join(names, ", ")));
}

struct NoTableOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

TEST(Tables, OfANameThatIsTakenAreAnError) {
  const RegisterTable again(
      "scores", "", +[](const RunSet&, const NoTableOptions&) { return Table(); });
  EXPECT_EQ(error_of(check_registrations), "table 'scores' is registered twice");
  EXPECT_FALSE(tables().find("scores").options.empty());
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

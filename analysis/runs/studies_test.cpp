#include "analysis/runs/studies.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(Studies, AreListedOnceAndTakenApart) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.attributes = {{"study", "one"}}});
  test::write_run(folder, "b", {.attributes = {{"study", "two"}}});
  test::write_run(folder, "c", {.label = "beta", .attributes = {{"study", "two"}}});
  test::write_failed_run(folder, "d", {.label = "beta", .attributes = {{"study", "one"}}}, "why");
  const RunSet set = load_runs({folder});
  EXPECT_EQ(studies_of(set), (std::vector<std::string>{"one", "two"}));
  const RunSet two = part_of_study(set, "two");
  EXPECT_EQ(two.labels(), (std::vector<std::string>{"alpha", "beta"}));
  EXPECT_EQ(two.groups[0].runs[0].label, "alpha");
  EXPECT_TRUE(two.failed.empty());
  EXPECT_EQ(part_of_study(set, "one").failed.size(), 1U);
}

TEST(Studies, AreHeededInWhatTheySayOfMetricsAndRows) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.attributes = {{"study", "one"}}});
  test::write_run(folder, "b", {.label = "beta", .attributes = {{"study", "two"}}});
  RunSet set = load_runs({folder});
  heed({{.name = "one",
         .row_notes = {{"alpha", "the first"}, {"beta", "of another study"}},
         .first_metrics = {"cola/accuracy"}},
        {.name = "two"}},
       set);
  EXPECT_EQ(set.row_notes, (std::map<std::string, std::string>{{"alpha", "the first"}}));
  EXPECT_EQ(set.groups[0].runs[0].file().layout().tasks[0].metrics[0], "accuracy");
  EXPECT_EQ(set.reference, "") << "two studies";
  RunSet one = part_of_study(set, "one");
  heed({{.name = "one", .reference = "alpha"}}, one);
  EXPECT_EQ(one.reference, "alpha");
}

}  // namespace
}  // namespace rankwise::analysis

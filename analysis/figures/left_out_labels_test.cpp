#include "analysis/figures/figure.h"
#include "analysis/figures/test_figures.h"
#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using test::write_run;

/// One label whose tasks chose no rank at any site beside one that chose some.
fs::path runs_of_which_one_is_empty() {
  fs::path folder = test_folder();
  test::RunSpec empty = test::planted_run({0, 0, 0, 0}, {0, 0, 0, 0});
  empty.label = "empty";
  test::RunSpec drawn = test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1});
  for (test::RunSpec* spec : {&empty, &drawn}) {
    for (TaskRecord& task : spec->layout.tasks) task.dev_tokens = 10;
    spec->evaluations = 4;
  }
  write_run(folder, "a", empty);
  write_run(folder, "b", drawn);
  return folder;
}

TEST(LeftOutLabels, ALabelThatCanNotBeDrawnIsNamedAndSpoilsNoOther) {
  const fs::path folder = runs_of_which_one_is_empty();
  for (const char* name : {"rank_distribution", "ranks", "recovery", "routing", "selection",
                           "similarity", "training", "usage"}) {
    EXPECT_FALSE(draw_figure(name, folder).files.empty()) << name;
  }
  EXPECT_EQ(draw_figure("rank_distribution", folder).notes(),
            Names{"not drawn, every chosen rank is zero: empty"});
  EXPECT_EQ(draw_figure("similarity", folder).notes(),
            Names{"not drawn, Bhattacharyya coefficient of rank usage: a task has none: empty"});
}

TEST(LeftOutLabels, OfLabelsThatCanNotBeDrawnIsOneLine) {
  const fs::path folder = runs_of_which_one_is_empty();
  for (const char* name : {"rank_distribution", "similarity"}) {
    EXPECT_NE(error_of([&] {
                draw_figure(name, folder, {{"labels", {"empty"}}});
              }).find("nothing to draw: "),
              std::string::npos)
        << name;
  }
}

TEST(LeftOutLabels, LabelsWithoutANumberAreTakenOutOfEveryPanel) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Line good{"good"}, bad{"bad"};
  good.add(1, 2, kNone, kNone);
  bad.add(1, kNone, kNone, kNone);
  std::vector<LinePanel> panels = {{"a", {good, bad}}, {"b", {bad}}};
  FigureFiles result;
  leave_out_empty(panels, result);
  ASSERT_EQ(panels.size(), 1U);
  EXPECT_EQ(panels[0].lines.size(), 1U);
  EXPECT_EQ(result.notes(), Names{"not drawn, it has no finite number: bad"});
  panels = {{"b", {bad}}};
  EXPECT_EQ(error_of([&] { leave_out_empty(panels, result); }),
            "nothing to draw: it has no finite number (bad)");
}

TEST(LeftOutLabels, ReasonsAreToldOnceWithTheirLabels) {
  FigureFiles files;
  for (const char* label : {"a", "b", "c", "d", "e"}) files.leave_out(label, "no rank is chosen");
  files.leave_out("f", "no score");
  EXPECT_EQ(files.reasons(), "no rank is chosen (a, b, c and 2 more); no score (f)");
  EXPECT_EQ(files.notes(),
            (Names{"not drawn, no rank is chosen: a, b, c, d, e", "not drawn, no score: f"}));
}

}  // namespace
}  // namespace rankwise::analysis

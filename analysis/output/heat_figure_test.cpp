#include "analysis/output/heat_figure.h"

#include "analysis/output/test_output.h"
#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

HeatMap two_by_three() {
  HeatMap map{.title = "p", .rows = {"a", "b"}, .columns = {"1", "2", "3"}, .value = {}};
  map.value.resize(2, 3);
  map.value << 0, 0.5, 1, 0.25, std::numeric_limits<double>::quiet_NaN(), 0.75;
  return map;
}

TEST(HeatFigure, TheCsvHasARowARowAndNoNumberForBlankCells) {
  const Drawing drawing =
      heat_drawing({two_by_three()}, {.name = "n", .panel_name = "site", .row_name = "task"});
  EXPECT_EQ(drawing.csv, "site,task,1,2,3\np,a,0,0.5,1\np,b,0.25,,0.75\n");
}

TEST(HeatFigure, MarksHaveAColumnAndNarrowMapsEndInBlanks) {
  HeatMap marked = two_by_three(), narrow = two_by_three();
  marked.mark = {1, 2.5};
  narrow.columns = {"1", "2"};
  narrow.value = Eigen::MatrixXd::Zero(2, 2);
  const Drawing drawing = heat_drawing({marked, narrow}, {.name = "n"});
  EXPECT_EQ(drawing.csv,
            "panel,row,mark,1,2,3\np,a,1,0,0.5,1\np,b,2.5,0.25,,0.75\np,a,,0,0,\np,b,,0,0,\n");
}

TEST(HeatFigure, EachMapIsDrawnFromItsOwnRows) {
  const Drawing drawing = heat_drawing({two_by_three(), two_by_three()}, {.name = "n"});
  EXPECT_TRUE(holds(drawing.script, "matrix every 1:1:2:1:4:2 using ($1-1):($2-0):3 with @cells"));
  EXPECT_TRUE(holds(drawing.script, "matrix every 1:1:2:3:4:4 using ($1-1):($2-2):3 with @cells"));
}

TEST(HeatFigure, RowsRunDownwardsOrLieAlongX) {
  EXPECT_TRUE(holds(heat_drawing({two_by_three()}, {.name = "n"}).script,
                    "set xrange [0.5:3.5]\nset yrange [2.5:0.5]"));
  EXPECT_TRUE(holds(heat_drawing({two_by_three()}, {.name = "n", .rows_along_x = true}).script,
                    "set xrange [0.5:2.5]\nset yrange [0.5:3.5]"));
}

TEST(HeatFigure, ColumnsMayBeNamedInGroups) {
  const Drawing drawing =
      heat_drawing({two_by_three()}, {.name = "n", .column_tics = {{1.5, "0"}, {3, "1"}}});
  EXPECT_TRUE(holds(drawing.script, "set xtics ('0' 1.5,'1' 3) "));
  EXPECT_TRUE(holds(drawing.csv, "panel,row,1,2,3\n")) << "every column has its name there";
}

TEST(HeatFigure, OneColumnIsDrawnAsBoxes) {
  HeatMap map{.title = "p", .rows = {"a", "b"}, .columns = {"1"}, .value = {}};
  map.value = Eigen::MatrixXd::Ones(2, 1);
  EXPECT_TRUE(holds(heat_drawing({map}, {.name = "n"}).script, "with boxxyerror"));
}

TEST(HeatFigure, TheColourBarHasAsManyNumbersAsFit) {
  EXPECT_TRUE(holds(heat_drawing({two_by_three()}, {.name = "n", .high = 0.3}).script,
                    "set cbrange [0:0.3]\nset cbtics 0,0.1 "));
  EXPECT_TRUE(holds(heat_drawing({two_by_three()}, {.name = "n", .high = 0.3, .right = 2.5}).script,
                    "set cbtics 0,0.15 "));
}

TEST(HeatFigure, NamesAreSmallerWhereAllFitSo) {
  HeatMap map{.title = "p", .rows = {"a", "b"}, .columns = {}, .value = {}};
  for (int i = 1; i <= 15; ++i) map.columns.push_back(std::to_string(i));
  map.value = Eigen::MatrixXd::Ones(2, 15);
  EXPECT_TRUE(holds(heat_drawing({map}, {.name = "n"}).script,
                    "'15' 15) scale 0.3 nomirror offset 0,0.4 font ',7'"));
  const std::string small = heat_drawing({map}, {.name = "n", .right = 1}).script;
  EXPECT_TRUE(holds(small, "'14' 14,'15' 15) scale 0.3 nomirror offset 0,0.4 font ',6'"));
  EXPECT_FALSE(holds(heat_drawing({map}, {.name = "n", .right = 2.2}).script, "'14' 14"));
}

TEST(HeatFigure, NothingToDrawIsAnError) { EXPECT_THROW(heat_drawing({}, {.name = "n"}), Error); }

TEST(HeatFigure, NumbersThatAreNotFiniteAreBlank) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  HeatMap map{.title = "m", .rows = {"a", "b"}, .columns = {"1", "2"}, .value = {}};
  map.value.resize(2, 2);
  map.value << 1, kInfinite, std::nan(""), 0.5;
  EXPECT_EQ(heat_drawing({map}, {.name = "n"}).csv, "panel,row,1,2\nm,a,1,\nm,b,,0.5\n");
}

TEST(HeatFigure, WithoutANumberOrARangeThereIsNothingToDraw) {
  HeatMap map{.title = "m", .rows = {"a"}, .columns = {}, .value = Eigen::MatrixXd(1, 0)};
  EXPECT_EQ(error_of([&] { heat_drawing({map}, {.name = "n"}); }), "'m' has no cell");
  map.columns = {"1"};
  map.value = Eigen::MatrixXd::Constant(1, 1, std::nan(""));
  EXPECT_THROW(heat_drawing({map}, {.name = "n"}), NothingToDraw);
  map.value(0, 0) = 1;
  EXPECT_THROW(heat_drawing({map}, {.name = "n", .low = std::nan("")}), NothingToDraw);
  EXPECT_THROW(heat_drawing({map}, {.name = "n", .low = 1, .high = 1}), NothingToDraw);
  EXPECT_THROW(heat_drawing({}, {.name = "n"}), NothingToDraw);
}

}  // namespace
}  // namespace rankwise::analysis

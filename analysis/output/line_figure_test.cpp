#include "analysis/output/line_figure.h"

#include "analysis/output/test_output.h"
#include "framework/core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

Line rising(const std::string& label) {
  Line line{label};
  line.add_mean(1, {1, 3});
  line.add_mean(2, {4});
  return line;
}

TEST(LineFigure, PointsAreMeansWithStudentsIntervalOverSeeds) {
  const Line line = rising("a");
  EXPECT_DOUBLE_EQ(line.y[0], 2);
  EXPECT_NEAR(line.high[0], 2 + 12.7062, 1e-4);  // t with one degree of freedom, standard error 1
  EXPECT_NEAR(line.low[0], 2 - 12.7062, 1e-4);
  EXPECT_TRUE(std::isnan(line.low[1]));
}

TEST(LineFigure, TheCsvHasARowAPointAndNoNumberWhereThereIsNoBand) {
  Line line{"a, b"};
  line.add(1, 2, 1.5, 2.5);
  line.add_mean(2, {3});
  const Drawing drawing = line_drawing(
      {{"first", {line}}}, {.name = "n", .panel_name = "task", .x_name = "step", .y_name = "rank"});
  EXPECT_EQ(drawing.csv,
            "task,label,step,rank,low,high\nfirst,\"a, b\",1,2,1.5,2.5\nfirst,\"a, b\",2,3,,\n");
}

std::string colour_of(const std::string& label) {
  return series_colour(series_looks({label}).at(label));
}

TEST(LineFigure, EachLineIsDrawnFromItsOwnRows) {
  const Drawing drawing = line_drawing(
      {{"first", {rising("a")}}, {"second", {rising("b"), rising("a")}}}, {.name = "n"});
  EXPECT_TRUE(
      holds(drawing.script, "every ::0::1 using 3:4 with linespoints lc rgb '" + colour_of("a")));
  EXPECT_TRUE(
      holds(drawing.script, "every ::2::3 using 3:4 with linespoints lc rgb '" + colour_of("b")));
  EXPECT_TRUE(
      holds(drawing.script, "every ::4::5 using 3:4 with linespoints lc rgb '" + colour_of("a")));
}

TEST(LineFigure, NamesStandBesidePointsOrAtTheEndsOfLines) {
  const std::vector<LinePanel> panels = {{"first", {rising("a"), rising("b")}}};
  EXPECT_TRUE(
      holds(line_drawing(panels, {.name = "n", .lines = false}).script, "set label 'b' at graph"));
  EXPECT_TRUE(holds(line_drawing(panels, {.name = "n"}).script, "set label 'b' at graph 1."));
}

TEST(LineFigure, LabelsBeyondEightAreGreyAndHaveNoName) {
  std::vector<Line> lines;
  for (int i = 0; i < 10; ++i) lines.push_back(rising("l" + std::to_string(i)));
  LineStyle style{.name = "n", .heading = "h"};
  style.named = {"l9"};
  const std::vector<LinePanel> panels = {{"first", lines}};
  EXPECT_EQ(unnamed_labels(panels, style), (std::vector<std::string>{"l7", "l8"}));
  const Drawing drawing = line_drawing(panels, style);
  EXPECT_TRUE(holds(drawing.script, "lc rgb '#BBBBBB' lw 0.6"));
  EXPECT_TRUE(holds(drawing.script, "h; grey: 2 more"));
  EXPECT_TRUE(holds(drawing.script, "'l9'"));
  EXPECT_FALSE(holds(drawing.script, "'l8'"));
}

TEST(LineFigure, TheAxisIsBrokenBeforeZeroOfALogarithm) {
  Line line{"a"};
  for (const double x : {0.0, 10.0, 1000.0}) line.add(x, 1, 1, 1);
  EXPECT_TRUE(holds(line_drawing({{"p", {line}}}, {.name = "n", .log_x = true}).script,
                    "nohead front lw 3 lc rgb 'white'"));
}

TEST(LineFigure, TheReferenceIsBlackAndDashedAndTakesNoColour) {
  const Drawing drawing =
      line_drawing({{"first", {rising("true"), rising("a")}}}, {.name = "n", .reference = "true"});
  EXPECT_TRUE(
      holds(drawing.script, "every ::0::1 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2"));
  EXPECT_TRUE(
      holds(drawing.script, "every ::2::3 using 3:4 with linespoints lc rgb '" + colour_of("a")));
}

TEST(LineFigure, PanelsShareTheAxisOfTheLargestUnlessTheyHaveTheirOwn) {
  Line small{"a"}, large{"a"};
  small.add(0, 1, 1, 1);
  large.add(0, 10, 10, 10);
  const std::vector<LinePanel> panels = {{"small", {small}}, {"large", {large}}};
  const Drawing shared = line_drawing(panels, {.name = "n", .low = 0});
  EXPECT_TRUE(holds(shared.script, "set yrange [0:10]"));
  EXPECT_FALSE(holds(shared.script, "set yrange [0:1]\n"));
  EXPECT_TRUE(holds(line_drawing(panels, {.name = "n", .low = 0, .own_axes = true}).script,
                    "set yrange [0:1]\n"));
}

TEST(LineFigure, NamedTicsStandInTheCsvAsWell) {
  Line line{"a"};
  line.add(1, 5, 5, 5);
  const Drawing drawing = line_drawing(
      {{"p", {line}}}, {.name = "n", .tic_name = "value", .x_tics = {{0, "0"}, {1, "1e-05"}}});
  EXPECT_EQ(drawing.csv, "panel,label,x,y,low,high,value\np,a,1,5,5,5,1e-05\n");
  EXPECT_TRUE(holds(drawing.script, "set xtics ('0' 0,'1e-05' 1)"));
}

TEST(LineFigure, NothingToDrawIsAnError) {
  EXPECT_THROW(line_drawing({{"p", {}}}, {.name = "n"}), Error);
}

TEST(LineFigure, NumbersThatAreNotFiniteNeverReachGnuplot) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  Line line = rising("a"), none{"none"};
  line.add(kInfinite, 3, -kInfinite, kInfinite);
  line.add(3, std::nan(""), 1, 2);
  none.add(1, kInfinite, 0, 0);
  const Drawing drawing = line_drawing({{"p", {line, none}}}, {.name = "n"});
  for (const char* word : {"inf", "nan"}) {
    EXPECT_FALSE(holds(drawing.csv, word)) << drawing.csv;
    EXPECT_FALSE(holds(drawing.script, word)) << drawing.script;
  }
  EXPECT_FALSE(holds(drawing.script, "'none'"));
}

TEST(LineFigure, WithoutANumberThereIsNothingToDraw) {
  Line none{"none"};
  none.add(1, std::nan(""), 0, 0);
  EXPECT_THROW(line_drawing({{"p", {none}}}, {.name = "n"}), NothingToDraw);
  EXPECT_THROW(line_drawing({{"p", {}}}, {.name = "n"}), NothingToDraw);
}

}  // namespace
}  // namespace rankwise::analysis

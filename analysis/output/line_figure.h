/// Lines with bands in panels: what most figures over steps, options or thresholds are.
#pragma once

#include "analysis/output/gnuplot.h"
#include "analysis/output/round_axis.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// One series. Lines of equal label look the same in every panel.
struct Line {
  std::string label;
  std::vector<double> x = {}, y = {};
  std::vector<double> low = {}, high = {};  // of the band, as long as y; NaN: none

  void add(double at, double value, double from, double to);

  /// The mean of a few seeds' values with its 95 % t-interval, which one seed does not have.
  void add_mean(double at, const std::vector<double>& values);
};

struct LinePanel {
  std::string title;  // of the y-axis, where panels have their own
  std::vector<Line> lines;
};

struct LineStyle {
  std::string name;            // of the files
  std::string heading = {};    // above the panels; long ones are wrapped
  std::string reference = {};  // the label of lines that are thin, black and dashed
  std::string panel_name = "panel", x_name = "x", y_name = "y";  // columns of the CSV
  std::string tic_name = {};             // one column more: the name of the tic at x; empty: none
  std::string x_axis = {}, y_axis = {};  // what the axes are called
  std::vector<Tic> x_tics = {};          // empty: round numbers
  std::optional<double> low = {}, high = {};  // that the y-axis must reach
  std::optional<double> floor = {};           // that the y-axis may not pass downwards
  bool log_x = false;  // 0 has a place of its own, left of the least other value
  bool room = false;   // leave some between points and the ends of the x-axis
  double marker_size = 0.35;
  bool markers = true;
  bool lines = true;      // join the points
  bool bands = true;      // draw them; the CSV has them in any case
  bool bars = false;      // bars at the points instead of bands
  bool own_axes = false;  // each panel has its own y-axis
  bool numbers = false;   // number the labels, in the legend and beside each point
};

/// Whether a point of it can be drawn.
bool has_numbers(const Line& line);

/// Whether no line has so many points that their markers would touch.
bool few_points(const std::vector<LinePanel>& panels);

/// One column wide: a panel or small multiples with one legend. The CSV has a row per point;
/// numbers that are not finite are empty there and left out of the drawing, as are labels without
/// others. Throws NothingToDraw where no label has any.
Drawing line_drawing(const std::vector<LinePanel>& panels, const LineStyle& style);

}  // namespace rankwise::analysis

/// Lines with bands in panels: what most figures over steps, options or thresholds are.
#pragma once

#include "analysis/output/gnuplot.h"
#include "analysis/output/line.h"
#include "analysis/output/round_axis.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

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

/// One column wide: a panel or small multiples with one legend. The CSV has a row per point;
/// numbers that are not finite are empty there and left out of the drawing, as are labels without
/// others. Throws NothingToDraw where no label has any.
Drawing line_drawing(const std::vector<LinePanel>& panels, const LineStyle& style);

}  // namespace rankwise::analysis

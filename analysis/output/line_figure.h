/// Lines with bands in panels: what most figures over steps, options or thresholds are.
#pragma once

#include "analysis/output/figure_style.h"
#include "analysis/output/gnuplot.h"
#include "analysis/output/line.h"
#include "analysis/output/round_axis.h"
#include "analysis/output/series_look.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct LineStyle {
  std::string name;                     // of the files
  std::string heading = {};             // above the panels; long ones are wrapped
  std::string source = {};              // below the heading: study, backbone, suite, seeds
  double width = kColumnWidth;          // inches
  SeriesLooks looks = {};               // of the study's labels
  std::vector<std::string> named = {};  // the first to have a name where not all labels can
  std::string reference = {};           // the label of lines that are thin, black and dashed
  std::string panel_name = "panel", x_name = "x", y_name = "y";  // columns of the CSV
  std::string tic_name = {};             // one column more: the name of the tic at x; empty: none
  std::string beside_name = {};          // one column more: Line::beside; empty: none
  std::string x_axis = {}, y_axis = {};  // what the axes are called
  std::vector<Tic> x_tics = {};          // empty: round numbers
  std::optional<double> low = {}, high = {};  // that the y-axis must reach
  std::optional<double> floor = {};           // that the y-axis may not pass downwards
  std::optional<Axis> fixed_axis = {};        // the y-axis, whatever the points are
  bool log_x = false;  // 0 has a place of its own, left of the least other value
  bool room = false;   // leave some between points and the ends of the x-axis
  double marker_size = 0.35;
  bool markers = true;
  bool lines = true;      // join the points
  bool bands = true;      // draw them; the CSV has them in any case
  bool bars = false;      // bars at the points instead of bands
  bool own_axes = false;  // each panel has its own y-axis
};

/// Labels that a drawing names; of more, the others are grey and have no name.
inline constexpr std::size_t kMostNamed = 8;

/// The labels that line_drawing() draws in grey, in their order.
std::vector<std::string> unnamed_labels(const std::vector<LinePanel>& panels,
                                        const LineStyle& style);

/// A panel whose lines have names at their ends and whose points have names beside them, or small
/// multiples with one legend, as a single panel has for names too long. The CSV has a row per point
/// of every label; numbers that are not finite are empty there and left out of the drawing, as are
/// labels without others. Throws NothingToDraw where no label has any.
Drawing line_drawing(const std::vector<LinePanel>& panels, const LineStyle& style);

}  // namespace rankwise::analysis

/// Matrices as heat maps in panels with one colour bar.
#pragma once

#include "analysis/output/figure_style.h"
#include "analysis/output/gnuplot.h"

#include <Eigen/Core>

#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

struct HeatMap {
  std::string title;
  std::vector<std::string> rows;     // names [n]
  std::vector<std::string> columns;  // names [m]
  Eigen::MatrixXd value;             // [n, m]; NaN: blank
  std::vector<double> mark = {};     // [n] the column, from 1, of a dot in each row; empty: none
  std::string commands = {};         // more to draw around the panel
  std::string name = {};             // in the CSV; empty: the title
};

struct HeatStyle {
  std::string name;          // of the files
  std::string heading = {};  // above the panels; long ones are wrapped
  std::string source = {};   // below the heading: study, backbone, suite, seeds
  std::string panel_name = "panel", row_name = "row", mark_name = "mark";  // columns of the CSV
  std::string row_axis = {}, column_axis = {};  // what the axes are called; may be empty
  std::vector<std::pair<double, std::string>> column_tics = {};  // columns from 1, instead of all
  std::string colour = {};                                       // what the colour bar is called
  double low = 0, high = 1;     // the ends of the colour scale; below 0: diverging
  double width = kColumnWidth;  // inches
  std::size_t columns = 3;      // most panels in a row of a column's width
  double row_height = 0.14;     // inches, or of a column where rows lie along x
  double panel_height = 2.6;    // inches at most; rows become lower
  double right = 0;             // inches to leave free at a panel's right
  bool rows_along_x = false;    // columns upwards; else rows downwards
  bool numbers = false;         // write the values into cells that are wide enough
  bool tics = true;             // name rows and columns
};

/// The CSV has a line per row of a matrix: panel, row, mark where there are any, values by column.
/// Numbers that are not finite are blank. Throws NothingToDraw where no map has another, a map
/// has no cell, or the scale has no range.
Drawing heat_drawing(const std::vector<HeatMap>& maps, const HeatStyle& style);

/// Inches that each panel of such a drawing is wide.
double heat_panel_width(const std::vector<HeatMap>& maps, const HeatStyle& style);

}  // namespace rankwise::analysis

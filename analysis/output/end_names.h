/// Names at the right ends of lines, in place of a legend.
#pragma once

#include "analysis/output/figure_style.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// Where a line ends, in inches from the panel's lower left corner, and what it is called.
struct LineEnd {
  std::string name;
  std::string colour;  // "#0072B2"
  double x = 0, y = 0;
};

/// Places near the wanted ones, in their order: `apart` or more between two of them, and within
/// [low, high] where they all fit.
std::vector<double> spread_apart(const std::vector<double>& wanted, double apart, double low,
                                 double high);

/// Inches that such names take to the right of a panel.
double end_names_width(const std::vector<std::string>& names);

/// gnuplot's commands that write the names to the right of the panel, each with a thin line to the
/// end it belongs to.
std::string end_name_commands(std::vector<LineEnd> ends, const Panel& panel);

}  // namespace rankwise::analysis

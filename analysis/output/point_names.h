/// Names beside points, each where it covers the least.
#pragma once

#include "analysis/output/figure_style.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// All in inches from the panel's lower left corner.
struct NamedPoint {
  std::string name;
  double x = 0, y = 0;
};

/// A level or upright line that names had better not cover: a bar, a step of a staircase.
struct Stroke {
  double left = 0, bottom = 0, right = 0, top = 0;
};

/// A name's box, as high as digits are.
struct NamePlace {
  double x = 0, y = 0;  // its middle
  double half_width = 0, half_height = 0;
  bool far = false;  // a line must lead there
};

/// One place per point. Chosen point after point: off other names and the panel's edges first,
/// then off markers and strokes, then near.
std::vector<NamePlace> name_places(const std::vector<NamedPoint>& points,
                                   const std::vector<Stroke>& strokes, const Panel& panel);

/// gnuplot's commands that write them into the panel.
std::string name_commands(const std::vector<NamedPoint>& points, const std::vector<Stroke>& strokes,
                          const Panel& panel);

}  // namespace rankwise::analysis

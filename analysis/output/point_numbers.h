/// Numbers beside points, each where it covers the least.
#pragma once

#include "analysis/output/figure_style.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// All in inches from the panel's lower left corner.
struct NumberedPoint {
  std::string number;
  double x = 0, y = 0;
};

/// A level or upright line that numbers had better not cover: a bar, a step of a staircase.
struct Stroke {
  double left = 0, bottom = 0, right = 0, top = 0;
};

/// A number's box, as high as digits are.
struct NumberPlace {
  double x = 0, y = 0;  // its middle
  double half_width = 0, half_height = 0;
  bool far = false;  // a line must lead there
};

/// One place per point. Chosen point after point: off other numbers and the panel's edges first,
/// then off markers and strokes, then near.
std::vector<NumberPlace> number_places(const std::vector<NumberedPoint>& points,
                                       const std::vector<Stroke>& strokes, const Panel& panel);

/// gnuplot's commands that write them into the panel.
std::string number_commands(const std::vector<NumberedPoint>& points,
                            const std::vector<Stroke>& strokes, const Panel& panel);

}  // namespace rankwise::analysis

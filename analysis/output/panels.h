/// Where the panels of a drawing stand, and how high it must be for them.
#pragma once

#include "analysis/output/figure_style.h"

#include <cstddef>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Inches around and between panels.
struct PanelSpace {
  std::size_t most_in_row = 3;
  double height = 1;       // of a panel's axes
  double left = 0;         // for names and tics left of a panel
  bool left_each = false;  // each panel has such room, not the first of a row alone
  double apart = 0.1;      // from the right end of a panel to what is beside it
  double title = 0.16;     // above each panel where there are several
  double no_title = 0.04;  // above one panel alone
  double down = 0.05;      // below each panel, before the next row
  double below = 0.8;      // below the lowest row: the axis, a legend, a colour bar
};

/// Panels of equal size in rows below a heading, the first in the upper left corner.
class Panels {
 public:
  /// As many in a row as `space` allows and the titles, if any, at kLeastSize points. Sets the
  /// drawing's height.
  Panels(const std::vector<std::string>& titles, const PanelSpace& space, const Heading& heading,
         Drawing& drawing);

  Panel at(std::size_t i) const { return grid_.at(i); }
  double width() const { return grid_.first.width; }
  double height() const { return grid_.first.height; }

  /// The command that sets the size of all titles, and a title as far as it fits.
  std::string title_style(double font_size) const;
  std::string title(std::size_t i) const;

  /// Whether no panel stands below, or left of, panel i: names of axes go there.
  bool is_lowest(std::size_t i) const { return i + grid_.columns >= titles_.size(); }
  bool is_leftmost(std::size_t i) const { return i % grid_.columns == 0; }

 private:
  std::vector<std::string> titles_;
  double title_width_ = 0;
  Grid grid_;
};

}  // namespace rankwise::analysis

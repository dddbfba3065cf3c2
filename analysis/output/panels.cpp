#include "analysis/output/panels.h"

namespace rankwise::analysis {
namespace {

constexpr double kRightMargin = 0.06;  // inches, of the drawing
constexpr double kTitleGap = 0.05;     // between the titles of two panels

}  // namespace

Panels::Panels(std::size_t count, const PanelSpace& space, const std::string& heading,
               Drawing& drawing)
    : count_(count) {
  const std::size_t rows = (count - 1) / space.most_in_row + 1, columns = (count - 1) / rows + 1;
  const double shared = space.left_each ? 0 : space.left;
  const double pitch = (drawing.width - shared - kRightMargin) / static_cast<double>(columns);
  const double above = heading_height(heading, drawing);
  const double title = count > 1 ? space.title : space.no_title;
  const double down = space.height + title + space.down;
  drawing.height = above + static_cast<double>(rows) * down + space.below;
  const Panel first{space.left, drawing.height - above - title - space.height,
                    pitch - (space.left - shared) - space.apart, space.height};
  grid_ = {first, columns, pitch, down};
}

double Panels::title_width() const { return grid_.right - kTitleGap; }

}  // namespace rankwise::analysis

#include "analysis/output/panels.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

constexpr double kRightMargin = 0.06;  // inches, of the drawing
constexpr double kTitleGap = 0.05;     // between the titles of two panels

/// Columns of a grid that has at most that many.
std::size_t columns_of(std::size_t count, std::size_t most_in_row) {
  const std::size_t rows = (count - 1) / most_in_row + 1;
  return (count - 1) / rows + 1;
}

/// Inches from a panel to the next one.
double pitch_of(std::size_t columns, const PanelSpace& space, const Drawing& drawing) {
  const double shared = space.left_each ? 0 : space.left;
  return (drawing.width - shared - kRightMargin) / static_cast<double>(columns);
}

/// As many columns as `space` allows and readable titles.
std::size_t readable_columns(const std::vector<std::string>& titles, const PanelSpace& space,
                             const Drawing& drawing) {
  const double widest = text_width(titles, kLeastSize) + kTitleGap;
  std::size_t columns = columns_of(titles.size(), space.most_in_row);
  while (columns > 1 && pitch_of(columns, space, drawing) < widest) {
    columns = columns_of(titles.size(), columns - 1);
  }
  return columns;
}

}  // namespace

Panels::Panels(const std::vector<std::string>& titles, const PanelSpace& space,
               const Heading& heading, Drawing& drawing)
    : titles_(titles) {
  const std::size_t columns = readable_columns(titles, space, drawing);
  const std::size_t rows = (titles.size() - 1) / columns + 1;
  const double shared = space.left_each ? 0 : space.left;
  const double pitch = pitch_of(columns, space, drawing);
  const double above = heading.height(drawing);
  const double title = titles.size() > 1 ? space.title : space.no_title;
  const double down = space.height + title + space.down;
  drawing.height = above + static_cast<double>(rows) * down + space.below;
  const Panel first{space.left, drawing.height - above - title - space.height,
                    pitch - (space.left - shared) - space.apart, space.height};
  grid_ = {first, columns, pitch, down};
  title_width_ = pitch - kTitleGap;
}

std::string Panels::title_style(double font_size) const {
  return fmt::format("set title offset 0,-0.8 font ',{:.1f}'\n",
                     fitting_size(titles_, title_width_, font_size));
}

std::string Panels::title(std::size_t i) const {
  return fmt::format("set title {}\n",
                     gnuplot_string(shortened(titles_[i], title_width_, kLeastSize)));
}

}  // namespace rankwise::analysis

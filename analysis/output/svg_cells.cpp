#include "analysis/output/svg_cells.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace rankwise::analysis {
namespace {

/// An upright rectangle, in pixels.
struct SvgCell {
  std::array<int, 3> colour{};
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// Whether a line is a cell: a polygon with the corners lower left, lower right, upper right, upper
/// left.
bool read_cell(const std::string& line, SvgCell& cell) {
  double right_again = 0, bottom_again = 0, left_again = 0, top_again = 0;
  int end = 0;
  // The count of what was found is checked below.
  const int found = std::sscanf(  // NOLINT(bugprone-unchecked-string-to-number-conversion)
      line.c_str(),
      " <polygon fill = 'rgb(%d, %d, %d)' points = '%lf,%lf %lf,%lf %lf,%lf %lf,%lf '/>%n",
      &cell.colour[0], &cell.colour[1], &cell.colour[2], &cell.left, &cell.bottom, &cell.right,
      &bottom_again, &right_again, &cell.top, &left_again, &top_again, &end);
  return found == 11 && end == static_cast<int>(line.size()) && right_again == cell.right &&
         bottom_again == cell.bottom && left_again == cell.left && top_again == cell.top;
}

/// "12.5" for 12.50: gnuplot's two digits without zeros at their end.
std::string pixels(double value) { return fmt::format("{:g}", std::round(value * 100) / 100); }

std::string outline(const SvgCell& cell) {
  const double width = cell.right - cell.left;
  return fmt::format("M{},{}h{}V{}h{}z", pixels(cell.left), pixels(cell.bottom), pixels(width),
                     pixels(cell.top), pixels(-width));
}

}  // namespace

std::string compact_cells(const std::string& svg) {
  std::istringstream lines(svg);
  std::string text, path;  // the path that is being written, without its end
  std::array<int, 3> colour{};
  const auto end_path = [&] {
    if (!path.empty()) text += path + "\"/>\n";
    path.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    SvgCell cell;
    if (!read_cell(line, cell)) {
      end_path();
      text += line + "\n";
      continue;
    }
    if (path.empty() || cell.colour != colour) {
      end_path();
      colour = cell.colour;
      path =
          fmt::format("<path fill=\"#{:02x}{:02x}{:02x}\" d=\"", colour[0], colour[1], colour[2]);
    }
    path += outline(cell);
  }
  end_path();
  return text;
}

}  // namespace rankwise::analysis

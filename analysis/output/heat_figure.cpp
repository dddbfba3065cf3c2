#include "analysis/output/heat_figure.h"

#include "analysis/output/figure_style.h"
#include "analysis/output/heat_scale.h"
#include "analysis/output/panels.h"
#include "analysis/output/round_axis.h"
#include "analysis/output/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Strings = std::vector<std::string>;

constexpr int kFontSize = 7;
constexpr double kBarHeight = 0.07, kBelow = 0.85;  // inches; of the axis, its name and the bar

bool has_marks(const std::vector<HeatMap>& maps) {
  return std::any_of(maps.begin(), maps.end(),
                     [](const HeatMap& map) { return !map.mark.empty(); });
}

Strings titles_of(const std::vector<HeatMap>& maps) {
  Strings titles;
  for (const HeatMap& map : maps) titles.push_back(map.title);
  return titles;
}

/// gnuplot would refuse what has no cell, or no end of its scale.
void check_drawable(const std::vector<HeatMap>& maps, const HeatStyle& style) {
  bool any = false;
  for (const HeatMap& map : maps) {
    if (map.value.size() == 0) throw NothingToDraw(fmt::format("'{}' has no cell", map.title));
    any = any || map.value.array().isFinite().any();
  }
  if (!any) throw NothingToDraw("no cell has a number");
  if (!std::isfinite(style.low) || !std::isfinite(style.high) || style.low >= style.high) {
    throw NothingToDraw("the colour scale has no range");
  }
}

/// The names of the columns of the widest map.
const Strings& widest_columns(const std::vector<HeatMap>& maps) {
  return std::max_element(
             maps.begin(), maps.end(),
             [](const HeatMap& a, const HeatMap& b) { return a.columns.size() < b.columns.size(); })
      ->columns;
}

std::string heat_csv(const std::vector<HeatMap>& maps, const HeatStyle& style) {
  const Strings& columns = widest_columns(maps);
  const bool marks = has_marks(maps);
  Strings fields = {style.panel_name, style.row_name};
  if (marks) fields.push_back(style.mark_name);
  fields.insert(fields.end(), columns.begin(), columns.end());
  std::string csv = csv_line(fields);
  for (const HeatMap& map : maps) {
    for (std::size_t i = 0; i < map.rows.size(); ++i) {
      fields = {map.name.empty() ? map.title : map.name, map.rows[i]};
      if (marks) fields.push_back(map.mark.empty() ? "" : csv_number(map.mark[i]));
      for (Index j = 0; j < static_cast<Index>(columns.size()); ++j) {
        fields.push_back(j < map.value.cols() ? csv_number(map.value(static_cast<Index>(i), j))
                                              : "");
      }
      csv += csv_line(fields);
    }
  }
  return csv;
}

/// Inches that two neighbouring names along x need between their middles.
double name_pitch(const Strings& names, double font_size) {
  double widest = names.size() == 1 ? text_width(names, font_size) : 0;
  for (std::size_t i = 1; i < names.size(); ++i) {
    const double both = text_width({names[i - 1]}, font_size) + text_width({names[i]}, font_size);
    widest = std::max(widest, both / 2);
  }
  return widest + 0.003 * font_size;
}

/// "set xtics ('a' 1, 'b' 2)": as many names as fit, smaller where that names all.
std::string tics(char axis, const Strings& names, double length) {
  const auto each = [&](double size) {
    return axis == 'x' ? name_pitch(names, size) : 0.015 * size;
  };
  const auto count = static_cast<double>(names.size());
  const bool shrink = each(kFontSize) * count > length && each(kLeastSize) * count <= length;
  const double size = shrink ? kLeastSize : kFontSize;
  Strings texts;
  for (const std::size_t i : named_tics(names, length, each(size))) {
    texts.push_back(fmt::format("{} {}", gnuplot_string(names[i]), i + 1));
  }
  return fmt::format("set {}tics ({}) scale 0.3 nomirror offset {} font ',{}'\n", axis,
                     fmt::join(texts, ","), axis == 'x' ? "0,0.4" : "0.5,0", size);
}

/// The same of names that stand at places of their own.
std::string placed_tics(const std::vector<std::pair<double, std::string>>& placed) {
  Strings texts;
  for (const auto& [at, name] : placed) {
    texts.push_back(fmt::format("{} {:.6g}", gnuplot_string(name), at));
  }
  return fmt::format("set xtics ({}) scale 0 nomirror offset 0,0.4 font ',{}'\n",
                     fmt::join(texts, ","), kFontSize);
}

/// Where a map's numbers stand in the CSV, counted from 0 as gnuplot's matrices are.
struct HeatPlace {
  Index first_row = 1;
  Index first_column = 2;
  Index rows = 0, columns = 0;

  std::string data() const {
    return fmt::format("data matrix every 1:1:{}:{}:{}:{} using ", first_column, first_row,
                       first_column + columns - 1, first_row + rows - 1);
  }
};

/// The coordinates of a cell, from 1, as gnuplot's expressions.
std::pair<std::string, std::string> cell_at(const HeatPlace& place, const HeatStyle& style) {
  std::string column = fmt::format("($1-{})", place.first_column - 1);
  std::string row = fmt::format("($2-{})", place.first_row - 1);
  if (style.rows_along_x) return {row, column};
  return {column, row};
}

/// By gnuplot's own kind of plot for cells, which takes two rows and two columns, or as boxes,
/// which leave hairlines between them.
std::string cells(const HeatPlace& place, const HeatStyle& style) {
  const auto [x, y] = cell_at(place, style);
  if (place.rows > 1 && place.columns > 1) return fmt::format("{}:{}:3 with @cells", x, y);
  return fmt::format(
      "{0}:{1}:({0}-0.5):({0}+0.5):({1}-0.5):({1}+0.5):3 with boxxyerror fs solid noborder lc "
      "palette",
      x, y);
}

/// The values as text: white on dark cells, black on light ones. Viridis is dark below, a diverging
/// palette at both ends.
Strings number_plots(const HeatPlace& place, const HeatStyle& style) {
  const auto cell = cell_at(place, style);
  const std::string dark =
      style.low < 0 ? fmt::format("abs($3)>{:.6g}", 0.7 * style.high)
                    : fmt::format("$3<{:.6g}", style.low + 0.55 * (style.high - style.low));
  const auto text = [&](const std::string& where, const char* colour) {
    return fmt::format("{}({}?{}:NaN):{}:(sprintf('%.2f',$3)) with labels tc rgb '{}' font ',{}'",
                       place.data(), where, cell.first, cell.second, colour, kLeastSize);
  };
  return {text(dark, "white"), text("!(" + dark + ")", "black")};
}

Strings mark_plots(const HeatPlace& place, const HeatStyle& style) {
  const std::string at = style.rows_along_x ? "($0+1):3" : "3:($0+1)";
  const double outer = place.rows > 12 ? 0.3 : 0.45;  // many dots would hide the cells
  Strings plots;
  for (const auto& [size, colour] : {std::pair{outer, "black"}, {outer * 2 / 3, "white"}}) {
    plots.push_back(fmt::format("data every ::{}::{} using {} with points pt 7 ps {} lc rgb '{}'",
                                place.first_row, place.first_row + place.rows - 1, at, size,
                                colour));
  }
  return plots;
}

/// Whether a number with two decimals fits into a cell of that many inches.
bool number_fits(double width, double height, const HeatStyle& style) {
  const char* widest = style.low < 0 ? "-0.00" : "0.00";
  return width > text_width({widest}, kLeastSize) + 0.02 && height > 0.1;
}

std::string heat_plot(const HeatMap& map, const HeatPlace& place, const HeatStyle& style,
                      const Panels& panels) {
  Strings plots = {place.data() + cells(place, style)};
  const auto append = [&](const Strings& more) {
    plots.insert(plots.end(), more.begin(), more.end());
  };
  const Index along_x = style.rows_along_x ? place.rows : place.columns;
  const Index along_y = style.rows_along_x ? place.columns : place.rows;
  const bool fits = number_fits(panels.width() / static_cast<double>(along_x),
                                panels.height() / static_cast<double>(along_y), style);
  if (style.numbers && fits) append(number_plots(place, style));
  if (!map.mark.empty()) append(mark_plots(place, style));
  return fmt::format(
      "set xrange [0.5:{}.5]\nset yrange {}\nplot {}\n", along_x,
      style.rows_along_x ? fmt::format("[0.5:{}.5]", along_y) : fmt::format("[{}.5:0.5]", along_y),
      fmt::join(plots, ", \\\n  "));
}

/// What the colour bar is called, below its middle or as near to it as the drawing's edges allow.
std::string bar_name(double middle, const HeatStyle& style, const Drawing& drawing) {
  const double half = text_width({style.colour}, kFontSize) / 2 + 0.05;
  const double at = std::max(half, std::min(middle, drawing.width - half));
  return fmt::format("set label {} at screen {:.4f},{:.4f} center font ',{}'\n",
                     gnuplot_string(style.colour), at / drawing.width, 0.1 / drawing.height,
                     kFontSize);
}

/// A horizontal colour bar below everything, `from` and `to` in inches.
std::string colour_bar(double from, double to, const HeatStyle& style, const Drawing& drawing) {
  const double step = round_axis(style.low, style.high, kBarSteps).step;
  const double widest = text_width({fmt::format("{:g}", style.low + step)}, kFontSize) + 0.05;
  const bool fits = (style.high - style.low) / step * widest < to - from;
  return (style.low < 0 ? diverging_palette() : viridis_palette()) +
         fmt::format(
             "set cbrange [{}:{}]\nset cbtics {},{} scale 0.3 offset 0,0.45\n"
             "set colorbox horizontal user origin screen {:.4f},{:.4f} size screen {:.4f},{:.4f}\n",
             style.low, style.high, style.low, fits ? step : (style.high - style.low) / 2,
             from / drawing.width, 0.38 / drawing.height, (to - from) / drawing.width,
             kBarHeight / drawing.height) +
         bar_name((from + to) / 2, style, drawing);
}

const Strings& along_x(const HeatMap& map, const HeatStyle& style) {
  return style.rows_along_x ? map.rows : map.columns;
}

const Strings& along_y(const HeatMap& map, const HeatStyle& style) {
  return style.rows_along_x ? map.columns : map.rows;
}

/// Room for the names at the left, the same for all panels.
double left_margin(const std::vector<HeatMap>& maps, const HeatStyle& style) {
  double width = 0;
  for (const HeatMap& map : maps) {
    if (style.tics) width = std::max(width, text_width(along_y(map, style), kFontSize));
  }
  const bool named = !(style.rows_along_x ? style.column_axis : style.row_axis).empty();
  return width + 0.1 + (named ? 0.2 : 0);
}

Panels arrange(const std::vector<HeatMap>& maps, const HeatStyle& style, Drawing& drawing) {
  constexpr double kAxisName = 0.1;
  std::size_t most = 1;
  for (const HeatMap& map : maps) most = std::max(most, along_y(map, style).size());
  const auto columns = static_cast<std::size_t>(std::lround(style.width / kColumnWidth));
  PanelSpace space{.most_in_row = style.columns * std::max<std::size_t>(1, columns),
                   .left = left_margin(maps, style)};
  space.height = std::min(style.panel_height, style.row_height * static_cast<double>(most));
  space.apart = 0.08 + style.right;
  space.title = 0.17;
  space.down = 0.04;
  space.below = kBelow - (style.row_axis.empty() && style.column_axis.empty() ? kAxisName : 0);
  return {titles_of(maps), space, {style.heading, style.source}, drawing};
}

/// The commands around one panel; names of tics and axes only at the drawing's edge.
std::string panel_commands(const std::vector<HeatMap>& maps, std::size_t i, const Panels& panels,
                           const HeatStyle& style) {
  const HeatMap& map = maps[i];
  const bool lowest = panels.is_lowest(i), leftmost = panels.is_leftmost(i);
  const auto name = [](char axis, const std::string& text, const char* offset) {
    return text.empty()
               ? fmt::format("unset {}label\n", axis)
               : fmt::format("set {}label {} offset {}\n", axis, gnuplot_string(text), offset);
  };
  std::string text = map.commands;
  if (maps.size() > 1) text += panels.title(i);
  const Strings& x = along_x(map, style);
  text += lowest && style.tics
              ? (style.column_tics.empty() ? tics('x', x, panels.width())
                                           : placed_tics(style.column_tics)) +
                    name('x', style.rows_along_x ? style.row_axis : style.column_axis, "0,0.8")
              : "unset xtics\nunset xlabel\n";
  text += leftmost && style.tics
              ? tics('y', along_y(map, style), panels.height()) +
                    name('y', style.rows_along_x ? style.column_axis : style.row_axis, "0.3,0")
              : "unset ytics\nunset ylabel\n";
  return text;
}

}  // namespace

Drawing heat_drawing(const std::vector<HeatMap>& maps, const HeatStyle& style) {
  check_drawable(maps, style);
  Drawing drawing{.name = style.name, .width = style.width, .font_size = kFontSize};
  const Panels panels = arrange(maps, style, drawing);
  const Heading heading{style.heading, style.source};
  drawing.caption = heading.caption();
  drawing.csv = heat_csv(maps, style);
  drawing.script =
      heading.commands(drawing) +
      colour_bar(panels.at(0).left, drawing.width - 0.14 - style.right, style, drawing) +
      "set border lw 0.5\nunset key\n" + panels.title_style(kFontSize) + "set multiplot\n";
  HeatPlace place_in_csv;
  place_in_csv.first_column = has_marks(maps) ? 3 : 2;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    place_in_csv.rows = maps[i].value.rows();
    place_in_csv.columns = maps[i].value.cols();
    drawing.script += place(panels.at(i), drawing) + panel_commands(maps, i, panels, style) +
                      heat_plot(maps[i], place_in_csv, style, panels) +
                      "unset colorbox\nunset label\nunset arrow\n";
    place_in_csv.first_row += place_in_csv.rows;
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

double heat_panel_width(const std::vector<HeatMap>& maps, const HeatStyle& style) {
  Drawing drawing{.width = style.width, .font_size = kFontSize};
  return arrange(maps, style, drawing).width();
}

}  // namespace rankwise::analysis

#include "analysis/output/line_figure.h"

#include "analysis/output/figure_style.h"
#include "analysis/output/line_axis.h"
#include "analysis/output/panels.h"
#include "analysis/output/point_numbers.h"
#include "analysis/output/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

using Strings = std::vector<std::string>;

/// The least and the largest value of some numbers; those that are not finite are passed over.
struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
};

Strings labels_of(const std::vector<LinePanel>& panels, const LineStyle& style) {
  Strings labels;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      const bool known = std::find(labels.begin(), labels.end(), line.label) != labels.end();
      if (!known && line.label != style.reference && has_numbers(line)) {
        labels.push_back(line.label);
      }
    }
  }
  return labels;
}

Strings titles_of(const std::vector<LinePanel>& panels) {
  Strings titles;
  for (const LinePanel& panel : panels) titles.push_back(panel.title);
  return titles;
}

bool has_reference(const std::vector<LinePanel>& panels, const LineStyle& style) {
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      if (!style.reference.empty() && line.label == style.reference) return true;
    }
  }
  return false;
}

/// What the legend calls them.
Strings legend_labels(const Strings& labels, const LineStyle& style) {
  if (!style.numbers) return labels;
  Strings numbered;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    numbered.push_back(fmt::format("{} {}", i + 1, labels[i]));
  }
  return numbered;
}

std::string tic_at(double x, const LineStyle& style) {
  for (const auto& [at, name] : style.x_tics) {
    if (at == x) return name;
  }
  return "";
}

std::string lines_csv(const std::vector<LinePanel>& panels, const LineStyle& style) {
  Strings fields = {style.panel_name, "label", style.x_name, style.y_name, "low", "high"};
  if (!style.tic_name.empty()) fields.push_back(style.tic_name);
  std::string csv = csv_line(fields);
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      for (std::size_t i = 0; i < line.x.size(); ++i) {
        fields = {panel.title, line.label};
        for (const auto* values : {&line.x, &line.y, &line.low, &line.high}) {
          fields.push_back(csv_number((*values)[i]));
        }
        if (!style.tic_name.empty()) fields.push_back(tic_at(line.x[i], style));
        csv += csv_line(fields);
      }
    }
  }
  return csv;
}

Axis y_axis(const std::vector<LinePanel>& panels, const LineStyle& style, int most) {
  Extent extent;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      for (const auto* values : {&line.y, &line.low, &line.high}) {
        for (const double value : *values) extent.add(value);
      }
    }
  }
  if (style.low) extent.add(*style.low);
  if (style.high) extent.add(*style.high);
  if (extent.low > extent.high) return {};  // a panel without numbers
  if (style.floor) extent.low = std::fmax(extent.low, *style.floor);
  return round_axis(extent.low, extent.high, most);
}

/// That of panel i, its own or one for all.
Axis y_axis(const std::vector<LinePanel>& panels, std::size_t i, const LineStyle& style) {
  if (style.own_axes) return y_axis({panels[i]}, style, 4);
  return y_axis(panels, style, panels.size() > 1 ? 3 : 6);
}

LineAxis x_axis(const std::vector<LinePanel>& panels, const LineStyle& style) {
  std::vector<double> places;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) places.insert(places.end(), line.x.begin(), line.x.end());
  }
  return {places, {style.x_tics, style.log_x, style.room, panels.size() > 1 ? 3 : 6}};
}

/// Everything that panels of one drawing share.
struct LineSheet {
  const LineStyle& style;
  Strings labels;
  Panels panels;
  std::size_t next_row = 0;  // of the CSV, from 0 after its header

  std::size_t series(const Line& line) const {
    return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), line.label) -
                                    labels.begin());
  }
};

bool has_band(const Line& line) {
  return std::any_of(line.low.begin(), line.low.end(),
                     [](double low) { return std::isfinite(low); });
}

/// The line itself, on its rows of the CSV.
std::string line_plot(const Line& line, const std::string& rows, const LineSheet& sheet) {
  if (line.label == sheet.style.reference) {
    return rows + "using 3:4 with lines lc rgb 'black' lw 0.8 dt 2";
  }
  const std::size_t i = sheet.series(line);
  const std::string look = fmt::format("lc rgb '{}' lw 1 dt {}", series_colour(i), series_dash(i));
  if (!sheet.style.lines) {
    return rows + fmt::format("using 3:4 with points lc rgb '{}' pt {} ps {}", series_colour(i),
                              series_shape(i), sheet.style.marker_size);
  }
  if (!sheet.style.markers) return rows + "using 3:4 with lines " + look;
  return rows + fmt::format("using 3:4 with linespoints {} pt {} ps {}", look, series_shape(i),
                            sheet.style.marker_size);
}

std::string band_plot(const Line& line, const std::string& rows, const LineSheet& sheet) {
  const std::string colour = series_colour(sheet.series(line)).substr(1);
  if (sheet.style.bars) {
    return rows + fmt::format("using 3:4:5:6 with yerrorbars lc rgb '#{}' lw 0.8 pt -1", colour);
  }
  return rows +
         fmt::format("using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0{}'", colour);
}

/// Bands below lines; moves `sheet` behind the panel's rows.
std::string panel_plot(const LinePanel& panel, LineSheet& sheet) {
  Strings bands, lines;
  for (const Line& line : panel.lines) {
    const std::size_t first = sheet.next_row;
    sheet.next_row += line.x.size();
    if (!has_numbers(line)) continue;
    const std::string rows = fmt::format("data skip 1 every ::{}::{} ", first, sheet.next_row - 1);
    if (sheet.style.bands && has_band(line)) bands.push_back(band_plot(line, rows, sheet));
    lines.push_back(line_plot(line, rows, sheet));
  }
  bands.insert(bands.end(), lines.begin(), lines.end());
  return bands.empty() ? "plot NaN\n" : fmt::format("plot {}\n", fmt::join(bands, ", \\\n  "));
}

/// The number of its label beside each point of panel i, off bars and reference lines.
std::string numbers_beside(const std::vector<LinePanel>& panels, std::size_t i,
                           const LineSheet& sheet) {
  const Panel size = sheet.panels.at(i);
  const LineAxis across = x_axis(panels, sheet.style);
  const Axis up = y_axis(panels, i, sheet.style);
  const auto x_at = [&](double x) { return across.fraction(x) * size.width; };
  const auto y_at = [&](double y) { return (y - up.low) / (up.high - up.low) * size.height; };
  std::vector<NumberedPoint> points;
  std::vector<Stroke> strokes;
  for (const Line& line : panels[i].lines) {
    const bool reference = line.label == sheet.style.reference;
    for (std::size_t k = 0; k < line.x.size(); ++k) {
      const double x = x_at(line.x[k]), y = y_at(line.y[k]);
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      if (!reference) {
        points.push_back({fmt::to_string(sheet.series(line) + 1), x, y});
        strokes.push_back({x, y_at(line.low[k]), x, y_at(line.high[k])});
      } else if (k > 0) {
        const double before = x_at(line.x[k - 1]), level = y_at(line.y[k - 1]);
        strokes.push_back(
            {std::min(x, before), std::min(y, level), std::max(x, before), std::max(y, level)});
      }
    }
  }
  return number_commands(points, strokes, size);
}

std::string axis_commands(const Axis& axis) {
  return fmt::format("set yrange {}\nset ytics {:.10g}\n", axis.range(), axis.step);
}

/// What panels need around them; `tics` and `below` in inches.
PanelSpace space_of(std::size_t panels, double tics, double below, const LineStyle& style) {
  constexpr double kAxisName = 0.2, kSmallPanel = 0.68, kPanel = 1.6, kNumberedPanel = 2.1;
  constexpr double kOwnAxisBelow = 0.17;
  const bool small = panels > 1;
  PanelSpace space{.left = tics + (small && style.own_axes ? 0 : kAxisName), .below = below};
  space.height = small ? kSmallPanel : style.numbers ? kNumberedPanel : kPanel;
  space.left_each = style.own_axes;
  space.most_in_row = style.own_axes ? 2 : 3;
  space.down = style.own_axes ? kOwnAxisBelow : 0.06;
  return space;
}

/// The commands of panel i; names of axes only where no other panel is between it and the edge.
std::string panel_commands(const std::vector<LinePanel>& panels, std::size_t i, LineSheet& sheet) {
  const LineStyle& style = sheet.style;
  const bool lowest = sheet.panels.is_lowest(i), leftmost = sheet.panels.is_leftmost(i);
  std::string text;
  if (panels.size() > 1) text += fmt::format("set title {}\n", gnuplot_string(panels[i].title));
  if (style.own_axes) text += axis_commands(y_axis(panels, i, style));
  text += x_axis(panels, style).commands(lowest);
  text += lowest ? fmt::format("set xlabel {} offset 0,0.7\n", gnuplot_string(style.x_axis))
                 : "unset xlabel\n";
  if (!style.own_axes) {
    text += leftmost ? fmt::format("set format y '%g'\nset ylabel {} offset 1.2,0\n",
                                   gnuplot_string(style.y_axis))
                     : "set format y ''\nunset ylabel\n";
  }
  if (style.numbers) text += numbers_beside(panels, i, sheet);
  return text + panel_plot(panels[i], sheet) + "unset label\nunset arrow\n";
}

}  // namespace

Drawing line_drawing(const std::vector<LinePanel>& panels, const LineStyle& style) {
  const Strings labels = labels_of(panels, style);
  if (labels.empty()) throw NothingToDraw("no label has a number");
  Drawing drawing{.name = style.name, .font_size = 7};
  Legend legend{
      .labels = legend_labels(labels, style), .lines = style.lines, .points = style.markers};
  if (has_reference(panels, style)) legend.reference = style.reference;
  double tics = 0;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    tics = std::max(tics, text_width(y_axis(panels, i, style).tics(), 7));
  }
  constexpr double kTicsGap = 0.1, kAxisBelow = 0.31;
  const PanelSpace space =
      space_of(panels.size(), tics + kTicsGap, legend.height(drawing) + kAxisBelow, style);
  LineSheet sheet{style, labels, Panels(panels.size(), space, style.heading, drawing)};
  drawing.csv = lines_csv(panels, style);
  drawing.script = thin_axes() + heading_commands(style.heading, drawing) +
                   axis_commands(y_axis(panels, 0, style)) +
                   fmt::format("set title offset 0,-0.8 font ',{:.1f}'\nunset key\n",
                               fitting_size(titles_of(panels), sheet.panels.title_width(), 7)) +
                   legend.commands(drawing) + "set multiplot\n";
  for (std::size_t i = 0; i < panels.size(); ++i) {
    drawing.script += place(sheet.panels.at(i), drawing) + panel_commands(panels, i, sheet);
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

}  // namespace rankwise::analysis

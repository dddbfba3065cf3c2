#include "analysis/output/line_figure.h"

#include "analysis/output/end_names.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/line_axis.h"
#include "analysis/output/panels.h"
#include "analysis/output/point_names.h"
#include "analysis/output/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

bool is_among(const std::string& label, const Strings& labels) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// Those of the labels that have a name, in their order: all, or the wanted ones and then the
/// first.
Strings named_labels(const Strings& labels, const LineStyle& style) {
  Strings chosen;
  for (const Strings* from : {&style.named, &labels}) {
    for (const std::string& label : *from) {
      if (chosen.size() == kMostNamed) break;
      if (is_among(label, labels) && !is_among(label, chosen)) chosen.push_back(label);
    }
  }
  Strings named;
  for (const std::string& label : labels) {
    if (is_among(label, chosen)) named.push_back(label);
  }
  return named;
}

std::string tic_at(double x, const LineStyle& style) {
  for (const auto& [at, name] : style.x_tics) {
    if (at == x) return name;
  }
  return "";
}

std::string lines_csv(const std::vector<LinePanel>& panels, const LineStyle& style) {
  Strings fields = {style.panel_name, "label", style.x_name, style.y_name, "low", "high"};
  for (const std::string* name : {&style.tic_name, &style.beside_name}) {
    if (!name->empty()) fields.push_back(*name);
  }
  std::string csv = csv_line(fields);
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      for (std::size_t i = 0; i < line.x.size(); ++i) {
        fields = {panel.title, line.label};
        for (const auto* values : {&line.x, &line.y, &line.low, &line.high}) {
          fields.push_back(csv_number((*values)[i]));
        }
        if (!style.tic_name.empty()) fields.push_back(tic_at(line.x[i], style));
        if (!style.beside_name.empty()) fields.push_back(csv_number(line.beside[i]));
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
  if (style.fixed_axis) return *style.fixed_axis;
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
  Strings named;      // labels in colour; the others are grey
  SeriesLooks looks;  // of all of them
  Panels panels;
  bool names_at_ends = false;
  std::size_t next_row = 0;  // of the CSV, from 0 after its header

  bool is_named(const Line& line) const { return is_among(line.label, named); }
  std::size_t look(const Line& line) const { return looks.at(line.label); }
};

constexpr const char* kGrey = "#BBBBBB";

bool has_band(const Line& line) {
  return std::any_of(line.low.begin(), line.low.end(),
                     [](double low) { return std::isfinite(low); });
}

/// The line itself, on its rows of the CSV.
std::string line_plot(const Line& line, const std::string& rows, const LineSheet& sheet) {
  const LineStyle& style = sheet.style;
  if (line.label == style.reference) {
    return rows + "using 3:4 with lines lc rgb 'black' lw 0.8 dt 2";
  }
  const std::size_t look = sheet.look(line);
  const bool named = sheet.is_named(line);
  const std::string colour = named ? series_colour(look) : kGrey;
  const std::string points = fmt::format("pt {} ps {}", series_shape(look), style.marker_size);
  if (!style.lines)
    return rows + fmt::format("using 3:4 with points lc rgb '{}' {}", colour, points);
  const std::string lines = named ? fmt::format("lc rgb '{}' lw 1 dt {}", colour, series_dash(look))
                                  : fmt::format("lc rgb '{}' lw 0.6", colour);
  if (!style.markers || !named) return rows + "using 3:4 with lines " + lines;
  return rows + fmt::format("using 3:4 with linespoints {} {}", lines, points);
}

/// Bars as arrows with flat heads: gnuplot's own leave a gap around the point.
std::string band_plot(const Line& line, const std::string& rows, const LineSheet& sheet) {
  const std::string colour = series_colour(sheet.look(line)).substr(1);
  if (sheet.style.bars) {
    return rows + fmt::format(
                      "using 3:5:(0):($6-$5) with vectors heads size screen {:.4f},90 "
                      "lc rgb '#{}' lw 0.8",
                      0.02 / sheet.style.width, colour);
  }
  return rows +
         fmt::format("using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0{}'", colour);
}

/// Grey lines below bands, bands below lines; moves `sheet` behind the panel's rows.
std::string panel_plot(const LinePanel& panel, LineSheet& sheet) {
  Strings plots, bands, lines;
  for (const Line& line : panel.lines) {
    const std::size_t first = sheet.next_row;
    sheet.next_row += line.x.size();
    if (!has_numbers(line)) continue;
    const std::string rows = fmt::format("data skip 1 every ::{}::{} ", first, sheet.next_row - 1);
    const bool reference = line.label == sheet.style.reference;
    const bool grey = !reference && !sheet.is_named(line);
    const bool band = sheet.style.bands && has_band(line) && !reference && !grey;
    if (band) bands.push_back(band_plot(line, rows, sheet));
    (grey ? plots : lines).push_back(line_plot(line, rows, sheet));
  }
  plots.insert(plots.end(), bands.begin(), bands.end());
  plots.insert(plots.end(), lines.begin(), lines.end());
  return plots.empty() ? "plot NaN\n" : fmt::format("plot {}\n", fmt::join(plots, ", \\\n  "));
}

/// Where the points of panel i stand, in inches from its lower left corner.
struct PanelPlaces {
  PanelPlaces(const std::vector<LinePanel>& panels, std::size_t i, const LineSheet& sheet)
      : size(sheet.panels.at(i)),
        across(x_axis(panels, sheet.style)),
        up(y_axis(panels, i, sheet.style)) {}

  double x(double value) const { return across.fraction(value) * size.width; }
  double y(double value) const { return (value - up.low) / (up.high - up.low) * size.height; }

  Panel size;
  LineAxis across;
  Axis up;
};

/// Upright strokes of a line's bars, or the steps of the reference.
void add_strokes(const Line& line, bool reference, const PanelPlaces& places,
                 std::vector<Stroke>& strokes) {
  for (std::size_t k = 0; k < line.x.size(); ++k) {
    const double x = places.x(line.x[k]), y = places.y(line.y[k]);
    if (!reference) {
      strokes.push_back({x, places.y(line.low[k]), x, places.y(line.high[k])});
    } else if (k > 0) {
      const double before = places.x(line.x[k - 1]), level = places.y(line.y[k - 1]);
      strokes.push_back(
          {std::min(x, before), std::min(y, level), std::max(x, before), std::max(y, level)});
    }
  }
}

/// The name of its label beside each point of panel i, off bars and reference lines.
std::string names_beside(const std::vector<LinePanel>& panels, std::size_t i,
                         const LineSheet& sheet) {
  const PanelPlaces places(panels, i, sheet);
  std::vector<NamedPoint> points;
  std::vector<Stroke> strokes;
  for (const Line& line : panels[i].lines) {
    const bool reference = line.label == sheet.style.reference;
    if (!reference && !sheet.is_named(line)) continue;
    add_strokes(line, reference, places, strokes);
    for (std::size_t k = 0; k < line.x.size() && !reference; ++k) {
      if (!std::isfinite(line.x[k]) || !std::isfinite(line.y[k])) continue;
      points.push_back({line.label, places.x(line.x[k]), places.y(line.y[k])});
    }
  }
  return name_commands(points, strokes, places.size);
}

/// The names of the lines of panel i at their ends.
std::string names_at_ends(const std::vector<LinePanel>& panels, std::size_t i,
                          const LineSheet& sheet) {
  const PanelPlaces places(panels, i, sheet);
  std::vector<LineEnd> ends;
  for (const Line& line : panels[i].lines) {
    const bool reference = line.label == sheet.style.reference;
    if (!reference && !sheet.is_named(line)) continue;
    for (std::size_t k = line.x.size(); k > 0; --k) {
      if (!std::isfinite(line.x[k - 1]) || !std::isfinite(line.y[k - 1])) continue;
      ends.push_back({line.label, reference ? "black" : series_colour(sheet.look(line)),
                      places.x(line.x[k - 1]), places.y(line.y[k - 1])});
      break;
    }
  }
  return end_name_commands(std::move(ends), places.size);
}

/// Two strokes through the x-axis where it is broken.
std::string break_commands(const LineAxis& axis, const Panel& panel) {
  const auto at = axis.break_at();
  if (!at) return "";
  const auto stroke = [&](double across, double slant, const char* look) {
    return fmt::format(
        "set arrow from graph {:.4f},{:.4f} to graph {:.4f},{:.4f} nohead front {}\n",
        *at + (across - slant) / panel.width, -0.035 / panel.height,
        *at + (across + slant) / panel.width, 0.035 / panel.height, look);
  };
  return stroke(0, 0.012, "lw 3 lc rgb 'white'") + stroke(-0.018, 0.012, "lw 0.6 lc rgb 'black'") +
         stroke(0.018, 0.012, "lw 0.6 lc rgb 'black'");
}

std::string axis_commands(const Axis& axis) {
  return fmt::format("set yrange {}\nset ytics {:.10g},{:.10g}\n", axis.range(), axis.low,
                     axis.step);
}

/// What panels need around them; `tics` and `below` in inches.
PanelSpace space_of(std::size_t panels, double tics, double below, const LineStyle& style) {
  constexpr double kAxisName = 0.2, kSmallPanel = 0.68, kPanel = 1.6, kPointsPanel = 2.1;
  constexpr double kOwnAxisBelow = 0.17;
  const bool small = panels > 1;
  PanelSpace space{.left = tics + (small && style.own_axes ? 0 : kAxisName), .below = below};
  space.height = small ? kSmallPanel : style.lines ? kPanel : kPointsPanel;
  space.left_each = style.own_axes;
  space.most_in_row = (style.own_axes ? 2 : 3) * (style.width > 2 * kColumnWidth ? 2 : 1);
  space.down = style.own_axes ? kOwnAxisBelow : 0.06;
  return space;
}

/// The commands of panel i; names of axes only where no other panel is between it and the edge.
std::string panel_commands(const std::vector<LinePanel>& panels, std::size_t i, LineSheet& sheet) {
  const LineStyle& style = sheet.style;
  const bool lowest = sheet.panels.is_lowest(i), leftmost = sheet.panels.is_leftmost(i);
  std::string text;
  if (panels.size() > 1) text += sheet.panels.title(i);
  if (style.own_axes) text += axis_commands(y_axis(panels, i, style));
  text += x_axis(panels, style).commands(lowest);
  text += lowest ? fmt::format("set xlabel {} offset 0,0.7\n", gnuplot_string(style.x_axis))
                 : "unset xlabel\n";
  if (!style.own_axes) {
    text += leftmost ? fmt::format("set format y '%g'\nset ylabel {} offset 0.3,0\n",
                                   gnuplot_string(style.y_axis))
                     : "set format y ''\nunset ylabel\n";
  }
  if (panels.size() == 1 && !style.lines) text += names_beside(panels, i, sheet);
  if (sheet.names_at_ends) text += names_at_ends(panels, i, sheet);
  text += break_commands(x_axis(panels, style), sheet.panels.at(i));
  return text + panel_plot(panels[i], sheet) + "unset label\nunset arrow\n";
}

/// Inches for names at the ends of lines, or 0 where a legend has to do.
double room_for_names(const Strings& named, std::size_t panels, bool reference,
                      const LineStyle& style) {
  if (panels > 1 || !style.lines) return 0;
  Strings names = named;
  if (reference) names.push_back(style.reference);
  const double width = end_names_width(names);
  return width < 0.4 * style.width ? width : 0;
}

/// The looks of all labels, with those that the study does not have.
SeriesLooks looks_of(const Strings& labels, const LineStyle& style) {
  SeriesLooks looks = style.looks;
  for (const std::string& label : labels) look_of(label, looks);
  return looks;
}

double widest_tics(const std::vector<LinePanel>& panels, const LineStyle& style) {
  double tics = 0;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    tics = std::max(tics, text_width(y_axis(panels, i, style).tics(), 7));
  }
  return tics;
}

}  // namespace

std::vector<std::string> unnamed_labels(const std::vector<LinePanel>& panels,
                                        const LineStyle& style) {
  Strings labels = labels_of(panels, style);
  const Strings named = named_labels(labels, style);
  std::erase_if(labels, [&](const std::string& label) { return is_among(label, named); });
  return labels;
}

Drawing line_drawing(const std::vector<LinePanel>& panels, const LineStyle& style) {
  const Strings labels = labels_of(panels, style);
  if (labels.empty()) throw NothingToDraw("no label has a number");
  Drawing drawing{.name = style.name, .width = style.width, .font_size = 7};
  const Strings named = named_labels(labels, style);
  const SeriesLooks looks = looks_of(labels, style);
  const bool reference = has_reference(panels, style);
  Legend legend{.labels = named, .lines = style.lines, .points = style.markers};
  for (const std::string& label : named) legend.looks.push_back(looks.at(label));
  if (reference) legend.reference = style.reference;
  const double names = room_for_names(named, panels.size(), reference, style);
  const bool has_legend = names == 0 && (panels.size() > 1 || style.lines);
  constexpr double kTicsGap = 0.1, kAxisBelow = 0.33;
  PanelSpace space = space_of(panels.size(), widest_tics(panels, style) + kTicsGap,
                              kAxisBelow + (has_legend ? legend.height(drawing) : 0), style);
  if (names > 0) space.apart = names;
  Heading heading{style.heading, style.source};
  if (named.size() < labels.size()) {
    heading.text += fmt::format("; grey: {} more", labels.size() - named.size());
  }
  LineSheet sheet{style, named, looks, Panels(titles_of(panels), space, heading, drawing),
                  names > 0};
  drawing.caption = heading.caption();
  drawing.csv = lines_csv(panels, style);
  drawing.script = thin_axes() + heading.commands(drawing) +
                   axis_commands(y_axis(panels, 0, style)) + sheet.panels.title_style(7) +
                   "unset key\n" + (has_legend ? legend.commands(drawing) : "") + "set multiplot\n";
  for (std::size_t i = 0; i < panels.size(); ++i) {
    drawing.script += place(sheet.panels.at(i), drawing) + panel_commands(panels, i, sheet);
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

}  // namespace rankwise::analysis

#include "analysis/output/figure_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace rankwise::analysis {
namespace {

// Inches: the line of a legend's entry, what separates two entries, and the height of a row.
constexpr double kLegendLine = 0.2, kLegendGap = 0.15, kLegendRow = 0.13;
constexpr double kHeadingLine = 0.13, kSourceLine = 0.11;

// Okabe & Ito's set for colour-blind readers, with grey for its yellow, which white paper hides;
// then four that differ from these in lightness (indigo, wine and olive of Tol's muted set, brown).
constexpr std::array<const char*, kSeriesColours> kColours = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
    "#000000", "#999999", "#332288", "#882255", "#999933", "#8C510A"};

}  // namespace

std::string place(const Panel& panel, const Drawing& drawing) {
  return fmt::format(
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
      "set bmargin at screen {:.4f}\nset tmargin at screen {:.4f}\n",
      panel.left / drawing.width, (panel.left + panel.width) / drawing.width,
      panel.bottom / drawing.height, (panel.bottom + panel.height) / drawing.height);
}

Panel Grid::at(std::size_t i) const {
  const std::size_t column = i % columns, row = i / columns;
  return {first.left + static_cast<double>(column) * right,
          first.bottom - static_cast<double>(row) * down, first.width, first.height};
}

std::string series_colour(std::size_t i) { return kColours[i % kColours.size()]; }

int series_shape(std::size_t i) {
  // Filled circle, square, triangle, diamond, triangle down, pentagon; one less is its outline.
  constexpr std::array kShapes = {7, 5, 9, 13, 11, 15};
  const bool outline = i / kColours.size() % 2 == 1;
  return kShapes[i % kShapes.size()] - (outline ? 1 : 0);
}

std::string_view series_dash(std::size_t i) {
  // Short enough that a legend's piece of line shows more than one dash.
  constexpr std::array<std::string_view, 3> kDashes = {"1", "(4,3)", "(1.5,2)"};
  return kDashes[i / kColours.size() % kDashes.size()];
}

std::string viridis_palette() {
  return "set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', "
         "5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')\n";
}

std::string diverging_palette() {
  return "set palette defined (0 '#2166ac', 1 '#67a9cf', 2 '#d1e5f0', 3 '#f7f7f7', 4 '#fddbc7', "
         "5 '#ef8a62', 6 '#b2182b')\n";
}

double fitting_size(const std::vector<std::string>& texts, double width, double font_size) {
  const double wide = text_width(texts, font_size);
  return wide > width ? std::max(kLeastSize, font_size * width / wide) : font_size;
}

std::string shortened(const std::string& text, double width, double font_size) {
  if (text_width({text}, font_size) <= width) return text;
  std::string kept = text;
  const auto is_inside = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
  };
  while (!kept.empty() && text_width({kept + "…"}, font_size) > width) {
    while (is_inside(kept.back())) kept.pop_back();  // the rest of a letter of several bytes
    kept.pop_back();
  }
  while (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return kept + "…";
}

std::string thin_axes() {
  return "set border 3 lw 0.5\nset xtics nomirror scale 0.4 offset 0,0.2\n"
         "set ytics nomirror scale 0.4 offset 0.5,0\n";
}

std::vector<std::string> Legend::entries() const {
  std::vector<std::string> all = labels;
  if (!reference.empty()) all.push_back(reference);
  return all;
}

std::size_t Legend::columns(const Drawing& drawing) const {
  const double entry = text_width(entries(), drawing.font_size) + kLegendLine + kLegendGap;
  return std::max<std::size_t>(1, static_cast<std::size_t>((drawing.width - 0.1) / entry));
}

double Legend::height(const Drawing& drawing) const {
  const std::size_t rows = (entries().size() - 1) / columns(drawing) + 1;
  return static_cast<double>(rows) * kLegendRow + 0.04;
}

std::string Legend::commands(const Drawing& drawing) const {
  const std::vector<std::string> texts = entries();
  const std::size_t in_row = std::min(columns(drawing), texts.size());
  const double entry = text_width(texts, drawing.font_size) + kLegendLine + kLegendGap;
  const double left = (drawing.width - static_cast<double>(in_row) * entry) / 2;
  const Grid grid{{left, height(drawing) - kLegendRow / 2}, in_row, entry, kLegendRow};
  std::string text;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Panel spot = grid.at(i);  // its lower left corner is the middle of the line's beginning
    const bool dashed = i == labels.size();
    const auto at = [&](double inches) {
      return fmt::format("screen {:.4f},{:.4f}", (spot.left + inches) / drawing.width,
                         spot.bottom / drawing.height);
    };
    if (lines || dashed) {
      const std::string look =
          dashed ? "lc rgb 'black' lw 0.8 dt 2"
                 : fmt::format("lc rgb '{}' lw 1.5 dt {}", series_colour(look_at(i)),
                               series_dash(look_at(i)));
      text += fmt::format("set arrow from {} to {} nohead {}\n", at(0), at(kLegendLine), look);
    }
    if (points && !dashed) {
      text += fmt::format("set label '' at {} point pt {} ps 0.5 lc rgb '{}'\n",
                          at(kLegendLine / 2), series_shape(look_at(i)), series_colour(look_at(i)));
    }
    text += fmt::format("set label {} at {} left font ',{}'\n", gnuplot_string(texts[i]),
                        at(kLegendLine + 0.05), drawing.font_size);
  }
  return text;
}

std::string centred_text(const std::string& text, double down, double font_size,
                         const Drawing& drawing) {
  const double size = fitting_size({text}, drawing.width - 0.1, font_size);
  return fmt::format("set label {} at screen 0.5,{:.4f} center font ',{:.1f}'\n",
                     gnuplot_string(shortened(text, drawing.width - 0.1, size)),
                     1 - down / drawing.height, size);
}

std::vector<std::string> wrapped(const std::string& text, double font_size,
                                 const Drawing& drawing) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::string longer = lines.empty() ? word : lines.back() + " " + word;
    if (!lines.empty() && text_width({longer}, font_size) < drawing.width - 0.1) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string Heading::caption() const {
  return source.empty() ? text : fmt::format("{} ({})", text, source);
}

double Heading::height(const Drawing& drawing) const {
  const auto lines = [&](const std::string& words, double size) {
    return static_cast<double>(wrapped(words, size, drawing).size());
  };
  return 0.06 + lines(text, drawing.font_size) * kHeadingLine +
         lines(source, kLeastSize) * kSourceLine;
}

std::string Heading::commands(const Drawing& drawing) const {
  std::string commands;
  double down = 0.1;
  for (const std::string& line : wrapped(text, drawing.font_size, drawing)) {
    commands += centred_text(line, down, drawing.font_size, drawing);
    down += kHeadingLine;
  }
  for (const std::string& line : wrapped(source, kLeastSize, drawing)) {
    std::string label = centred_text(line, down, kLeastSize, drawing);
    label.insert(label.size() - 1, " tc rgb '#555555'");
    commands += label;
    down += kSourceLine;
  }
  return commands;
}

}  // namespace rankwise::analysis

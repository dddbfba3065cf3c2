/// What all figures share: colours that colour-blind readers tell apart, shapes, panels.
#pragma once

#include "analysis/output/gnuplot.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise::analysis {

/// A place inside a drawing, in inches from its lower left corner.
struct Panel {
  double left = 0, bottom = 0, width = 0, height = 0;
};

/// The commands that put the axes of the next plot there.
std::string place(const Panel& panel, const Drawing& drawing);

/// Panels of equal size in rows, the first in the upper left corner.
struct Grid {
  Panel first;
  std::size_t columns = 1;
  double right = 0, down = 0;  // inches from a panel to the next one

  Panel at(std::size_t i) const;
};

/// Inches: one column of a paper, and the whole page.
inline constexpr double kColumnWidth = 3.4, kPageWidth = 7;

/// Points; no text is smaller at its printed size.
inline constexpr double kLeastSize = 6;

/// Colours of lines and points.
inline constexpr std::size_t kSeriesColours = 12;

/// The i-th look: colours repeat after kSeriesColours, then with dashes and outlines as shapes.
/// series_look.h says which look a label has.
std::string series_colour(std::size_t i);
int series_shape(std::size_t i);
std::string_view series_dash(std::size_t i);  // gnuplot's dashtype

/// `set palette` of viridis: dark is low, light is high, and so it stays in grey.
std::string viridis_palette();

/// `set palette` from blue through white to red (Brewer's RdBu, reversed): for signed values.
std::string diverging_palette();

/// Inches that the longest of some texts takes at a font size in points.
double text_width(const std::vector<std::string>& texts, double font_size);

/// The size, from kLeastSize to `font_size`, at which none of the texts is wider than `width`
/// inches; at the least size some may be.
double fitting_size(const std::vector<std::string>& texts, double width, double font_size);

/// The text, cut before "…" where it is wider than `width` inches at a font size in points.
std::string shortened(const std::string& text, double width, double font_size);

/// Axes to the left and below, thin.
std::string thin_axes();

/// A legend by hand, which gnuplot can neither cut nor reflow: one entry per label in as many
/// columns as fit the drawing's width, upwards from its lower edge.
struct Legend {
  std::vector<std::string> labels;
  std::vector<std::size_t> looks = {};  // of the labels; empty: 0, 1, 2, ...
  bool lines = true;                    // a piece of line in the series' colour and dash
  bool points = true;                   // its marker
  std::string reference = {};           // one entry more, of a thin black dashed line; empty: none

  std::size_t columns(const Drawing& drawing) const;
  double height(const Drawing& drawing) const;  // inches
  std::string commands(const Drawing& drawing) const;

 private:
  std::vector<std::string> entries() const;
  std::size_t look_at(std::size_t i) const { return looks.empty() ? i : looks[i]; }
};

/// A line of text in the middle of a drawing, `down` inches from its top edge; smaller than
/// `font_size` where it would be cut.
std::string centred_text(const std::string& text, double down, double font_size,
                         const Drawing& drawing);

/// The lines of a text that are narrow enough for a drawing at a font size in points, broken
/// between words (not at no-break spaces).
std::vector<std::string> wrapped(const std::string& text, double font_size, const Drawing& drawing);

/// What stands above the panels, each in as many lines as it needs; either may be empty.
struct Heading {
  std::string text;         // what is drawn, in the drawing's font
  std::string source = {};  // of which study, backbone, suite and seeds; small and grey

  std::string caption() const;                  // "what is drawn (of which study, ...)"
  double height(const Drawing& drawing) const;  // inches
  std::string commands(const Drawing& drawing) const;
};

}  // namespace rankwise::analysis

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

/// The i-th series: colours repeat after 8, but not with the same shape or dash before 24. The
/// second eight have outlines as shapes.
std::string series_colour(std::size_t i);
int series_shape(std::size_t i);
std::string_view series_dash(std::size_t i);  // gnuplot's dashtype

/// `set palette` of viridis: dark is low, light is high, and so it stays in grey.
std::string viridis_palette();

/// `set palette` from blue through white to red (Brewer's RdBu, reversed): for signed values.
std::string diverging_palette();

/// Inches that the longest of some texts takes at a font size in points.
double text_width(const std::vector<std::string>& texts, double font_size);

/// The size, at most `font_size`, at which none of the texts is wider than `width` inches.
double fitting_size(const std::vector<std::string>& texts, double width, double font_size);

/// Axes to the left and below, thin.
std::string thin_axes();

/// A legend by hand, which gnuplot can neither cut nor reflow: one entry per label in as many
/// columns as fit the drawing's width, upwards from its lower edge.
struct Legend {
  std::vector<std::string> labels;
  bool lines = true;           // a piece of line in the series' colour and dash
  bool points = true;          // its marker
  std::string reference = {};  // one entry more, of a thin black dashed line; empty: none

  std::size_t columns(const Drawing& drawing) const;
  double height(const Drawing& drawing) const;  // inches
  std::string commands(const Drawing& drawing) const;

 private:
  std::vector<std::string> entries() const;
};

/// A line of text in the middle of a drawing, `down` inches from its top edge; smaller than
/// `font_size` where it would be cut.
std::string centred_text(const std::string& text, double down, double font_size,
                         const Drawing& drawing);

/// The lines of a text that are narrow enough for a drawing, broken between words (not at no-break
/// spaces).
std::vector<std::string> wrapped(const std::string& text, const Drawing& drawing);

/// A text above the panels, in the drawing's font and as many lines as it needs; none is empty.
double heading_height(const std::string& text, const Drawing& drawing);  // inches
std::string heading_commands(const std::string& text, const Drawing& drawing);

}  // namespace rankwise::analysis

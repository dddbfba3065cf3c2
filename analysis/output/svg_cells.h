/// The cells of heat maps in gnuplot's SVG, written shorter.
#pragma once

#include <string>

namespace rankwise::analysis {

/// gnuplot writes each cell of a heat map as a polygon of about a hundred bytes. Neighbouring ones
/// of equal colour become one path of relative lines; everything else stays as it is.
std::string compact_cells(const std::string& svg);

}  // namespace rankwise::analysis

#include "analysis/output/svg_cells.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

std::string cell(const char* colour, const char* corners) {
  return std::string("\t\t<polygon fill = 'rgb(") + colour + ")' points = '" + corners + " '/>\n";
}

TEST(SvgCells, NeighboursOfOneColourAreOnePath) {
  const std::string svg =
      "<g>\n" + cell("  1,   2, 255", "1.50,9.00 2.50,9.00 2.50,4.00 1.50,4.00") +
      cell("  1,   2, 255", "2.50,9.00 3.75,9.00 3.75,4.00 2.50,4.00") +
      cell("  0,   0,   0", "3.75,9.00 4.00,9.00 4.00,4.00 3.75,4.00") + "</g>\n";
  EXPECT_EQ(compact_cells(svg),
            "<g>\n<path fill=\"#0102ff\" d=\"M1.5,9h1V4h-1zM2.5,9h1.25V4h-1.25z\"/>\n"
            "<path fill=\"#000000\" d=\"M3.75,9h0.25V4h-0.25z\"/>\n</g>\n");
}

TEST(SvgCells, WhatIsNoUprightCellStays) {
  const std::string turned = cell("1, 2, 3", "0.00,0.00 2.00,1.00 2.00,3.00 0.00,3.00");
  EXPECT_EQ(compact_cells(turned), turned);
  EXPECT_EQ(compact_cells("<text>polygon</text>\n"), "<text>polygon</text>\n");
}

}  // namespace
}  // namespace rankwise::analysis

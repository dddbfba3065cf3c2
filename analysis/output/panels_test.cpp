#include "analysis/output/panels.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Titles = std::vector<std::string>;

constexpr double kPanelsRounding = 1e-12;  // of a few sums of inches

TEST(Panels, FillRowsOfEqualLength) {
  Drawing drawing{.width = 4.06, .font_size = 7};
  // Five panels in rows of at most four: three and two.
  const Panels panels(Titles(5), {.most_in_row = 4, .height = 1, .left = 1, .below = 0.5}, {""},
                      drawing);
  EXPECT_NEAR(panels.at(0).left, 1, kPanelsRounding);
  EXPECT_NEAR(panels.at(1).left, 2, kPanelsRounding);  // (4.06 - 1 - 0.06) / 3
  EXPECT_NEAR(panels.width(), 0.9, kPanelsRounding);
  EXPECT_NEAR(panels.at(3).left, 1, kPanelsRounding);
  EXPECT_NEAR(panels.at(0).bottom - panels.at(3).bottom, 1 + 0.16 + 0.05, kPanelsRounding);
  EXPECT_NEAR(panels.at(3).bottom, 0.5 + 0.05, kPanelsRounding);
  EXPECT_NEAR(drawing.height, 0.06 + 2 * 1.21 + 0.5, kPanelsRounding);
}

TEST(Panels, AreFewerInARowWhereTitlesWouldBeTooSmall) {
  Drawing drawing{.width = 3.4, .font_size = 7};
  // 24 letters o at 6 points take 1.22 inches: two in a row of 3.34.
  const Panels panels(Titles(3, std::string(24, 'o')), {}, {""}, drawing);
  EXPECT_TRUE(panels.is_leftmost(0) && !panels.is_leftmost(1) && panels.is_leftmost(2));
  const Panels one(Titles(2, std::string(90, 'o')), {}, {""}, drawing);
  EXPECT_NE(one.title(0).find("o…'"), std::string::npos);
}

TEST(Panels, NamesOfAxesGoWhereNoOtherPanelIsBetween) {
  Drawing drawing;
  const Panels panels(Titles(5), {}, {""}, drawing);
  const auto lowest = [&](std::size_t i) { return panels.is_lowest(i); };
  EXPECT_TRUE(!lowest(0) && !lowest(1) && lowest(2) && lowest(3) && lowest(4));
  EXPECT_TRUE(panels.is_leftmost(0) && !panels.is_leftmost(2) && panels.is_leftmost(3));
}

TEST(Panels, WithRoomOfTheirOwnShareTheWholeWidth) {
  Drawing drawing{.width = 2.06};
  const Panels panels(Titles(2), {.left = 0.3, .left_each = true}, {""}, drawing);
  EXPECT_NEAR(panels.at(0).left, 0.3, kPanelsRounding);
  EXPECT_NEAR(panels.at(1).left, 1.3, kPanelsRounding);
  EXPECT_NEAR(panels.width(), 1 - 0.3 - 0.1, kPanelsRounding);
}

}  // namespace
}  // namespace rankwise::analysis

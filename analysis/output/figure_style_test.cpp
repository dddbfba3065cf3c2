#include "analysis/output/figure_style.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Names = std::vector<std::string>;

TEST(Legend, TakesAsManyColumnsAsFit) {
  const Drawing drawing{.width = 3.4, .font_size = 7};
  // An entry of 8 digits takes 0.49 inches of text and 0.35 for its line and the gap.
  EXPECT_EQ((Legend{.labels = {"12345678"}}.columns(drawing)), 3U);
  EXPECT_EQ((Legend{.labels = {std::string(60, 'x')}}.columns(drawing)), 1U);
}

TEST(Legend, TheReferenceIsAnEntryOfItsOwn) {
  const Drawing drawing{.width = 3.4, .font_size = 7};
  const Legend legend{.labels = {"a"}, .reference = "true rank"};
  EXPECT_NE(legend.commands(drawing).find("nohead lc rgb 'black' lw 0.8 dt 2"), std::string::npos);
  EXPECT_NE(legend.commands(drawing).find("set label 'true rank'"), std::string::npos);
}

TEST(Heading, IsBrokenBetweenWordsWhereItIsWide) {
  const Drawing drawing{.width = 1, .font_size = 7};  // 0.9 inches: 15 characters
  EXPECT_EQ(wrapped("chosen rank, mean over tasks", 7, drawing),
            (Names{"chosen rank,", "mean over tasks"}));
  EXPECT_TRUE(wrapped("", 7, drawing).empty());
}

}  // namespace
}  // namespace rankwise::analysis

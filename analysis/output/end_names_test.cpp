#include "analysis/output/end_names.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Places = std::vector<double>;

TEST(EndNames, StayWhereTheyAreApart) {
  EXPECT_EQ(spread_apart({0.1, 0.5, 0.9}, 0.1, 0, 1), (Places{0.1, 0.5, 0.9}));
}

TEST(EndNames, AreMovedUpAndThenDownIntoThePanel) {
  EXPECT_EQ(spread_apart({0.25, 0.25}, 0.5, 0, 2), (Places{0.25, 0.75}));
  EXPECT_EQ(spread_apart({0.75, 1}, 0.5, 0, 1), (Places{0.5, 1}));
}

TEST(EndNames, StandInTheOrderOfTheirLines) {
  const std::string commands =
      end_name_commands({{"high", "#0072B2", 1, 0.9}, {"low", "#D55E00", 1, 0.1}},
                        {.left = 0, .bottom = 0, .width = 1, .height = 1});
  EXPECT_LT(commands.find("'low' at graph 1.1700,0.1000"), commands.find("'high' at graph 1.1700"));
  EXPECT_NE(commands.find("to graph 1.1400,0.9000 nohead lw 0.6 lc rgb '#0072B2'"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

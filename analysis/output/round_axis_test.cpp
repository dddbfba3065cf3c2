#include "analysis/output/round_axis.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Names = std::vector<std::string>;

TEST(RoundAxis, EndsAtRoundNumbersAroundTheData) {
  EXPECT_EQ(round_axis(0.13, 0.87).tics(), (Names{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
  EXPECT_EQ(round_axis(-3, 12).tics(), (Names{"-5", "0", "5", "10", "15"}));
  EXPECT_EQ(round_axis(1, 8).tics(), (Names{"0", "2", "4", "6", "8"}));
  EXPECT_EQ(round_axis(0.001, 0.0021).range(), "[0.001:0.0025]");  // by 0.0002 it takes 6 steps
}

TEST(RoundAxis, ValuesThatAreAStepStayTheEnds) {
  EXPECT_EQ(round_axis(0.2, 0.1 + 0.2).range(), "[0.2:0.3]");
}

TEST(RoundAxis, EqualEndsAreMovedApart) {
  EXPECT_EQ(round_axis(0, 0, 2).range(), "[-1:1]");
  EXPECT_EQ(round_axis(10, 10, 2).range(), "[9:11]");
}

TEST(RoundAxis, OfLogarithmsNamesRoundNumbersOrPowersAlone) {
  EXPECT_EQ(log_tics(400, 3000), (std::vector<Tic>{{500, "500"}, {1000, "1k"}, {2000, "2k"}}));
  EXPECT_EQ(log_tics(1, 1000),
            (std::vector<Tic>{{1, "1"}, {10, "10"}, {100, "100"}, {1000, "1k"}}));
}

TEST(RoundAxis, RanksAreNamedInMultiplesAndOtherNamesFromTheFirst) {
  const Names ranks = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
  EXPECT_EQ(named_tics(ranks, 1, 0.1), (std::vector<std::size_t>{0, 1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(named_tics(ranks, 1, 0.3), (std::vector<std::size_t>{0, 4, 9}));
  EXPECT_EQ(named_tics({"0", "50", "100"}, 1, 0.4), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(named_tics({"a", "b"}, 1, 0.4), (std::vector<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace rankwise::analysis

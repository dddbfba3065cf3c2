#include "framework/core/terminal.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace rankwise {
namespace {

using Lines = std::vector<std::string>;

TEST(Terminal, WrapsAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("", 8), (Lines{""}));
}

TEST(Terminal, CutsAWordBehindItsSignsWhereItDoesNotFit) {
  EXPECT_EQ(wrapped("rotten_tomatoes", 9), (Lines{"rotten_", "tomatoes"}));
  EXPECT_EQ(wrapped("a rotten_tomatoes", 9), (Lines{"a rotten_", "tomatoes"}));
}

TEST(Terminal, CutsAnywhereWhereNothingElseHelps) {
  EXPECT_EQ(wrapped("abcdefgh", 3), (Lines{"abc", "def", "gh"}));
  EXPECT_EQ(wrapped("±±±±", 3), (Lines{"±±±", "±"}));  // characters stay whole
}

TEST(Terminal, CountsCharactersAndNotBytes) { EXPECT_EQ(display_width("5 ± 1"), 5); }

TEST(Terminal, HangsATextBesideItsName) {
  EXPECT_EQ(hanging("  rank  ", "one two three", 16), "  rank  one two\n        three\n");
  EXPECT_EQ(hanging("a long prefix:", "one two three", 16),
            "a long prefix:\n    one two\n    three\n");
}

TEST(Terminal, LongestPieceIsWhatNeedsTheWidth) {
  EXPECT_EQ(longest_piece("rotten_tomatoes are"), 8);
}

TEST(Terminal, ColumnsSayTheWidth) {
  setenv("COLUMNS", "123", 1);
  EXPECT_EQ(terminal_width(0), 123);
  setenv("COLUMNS", "wide", 1);
  EXPECT_NE(terminal_width(0), 0);
  unsetenv("COLUMNS");
}

}  // namespace
}  // namespace rankwise

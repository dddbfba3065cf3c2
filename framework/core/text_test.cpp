#include "framework/core/text.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(Text, Utf8IsToldFromOtherBytes) {
  for (const char* good : {"", "rank", "Größe", "低秩", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  // Latin-1, a character cut off, a longer form of '/', a surrogate, beyond U+10FFFF, no lead byte.
  for (const char* bad : {"caf\xE9", "\xE4\xBD", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << printable(bad);
  }
}

TEST(Text, ControlCharactersAreFound) {
  for (const char* text : {"a\tb", "\x1b[31m", "\x7f", "\xC2\x85", "a\n"}) {
    EXPECT_TRUE(has_control(text)) << printable(text);
  }
  EXPECT_FALSE(has_control("Größe 低秩 \xC2\xA0"));
}

TEST(Text, WhatDrivesATerminalIsWrittenOut) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("caf\xE9 \xC2\x9B"), "caf\\xe9 \\xc2\\x9b");
  EXPECT_EQ(printable("Größe 低秩"), "Größe 低秩");
}

}  // namespace
}  // namespace rankwise

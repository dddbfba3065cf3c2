#include "framework/core/text.h"

#include "framework/core/error.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(Text, OtherBytesAreReplaced) {
  EXPECT_EQ(as_utf8("a\n é"), "a\n é");
  EXPECT_EQ(as_utf8(std::string_view("a\xC3\0"
                                     "b\xE2\x82",
                                     6)),
            "a\uFFFD\uFFFD"
            "b\uFFFD\uFFFD");
}

TEST(Text, ControlCharactersAreFound) {
  for (const char* text : {"a\tb", "\x1b[31m", "\x7f", "\xC2\x85", "a\n"}) {
    EXPECT_TRUE(has_control(text)) << printable(text);
  }
  EXPECT_FALSE(has_control("Größe 低秩 \xC2\xA0"));
}

TEST(Text, CharactersThatShowNothingAreFound) {
  // Turned right to left, zero width, a byte order mark, an isolate, a soft hyphen, a tag.
  for (const char* text :
       {"\u202E", "a\u200B", "\uFEFF", "\u2066", "\u00AD", "\u2028", "\U000E0041"}) {
    EXPECT_TRUE(has_control(text)) << printable(text);
  }
  EXPECT_EQ(printable("a\u202Eb"), "a\\xe2\\x80\\xaeb");
  // Neighbours of the ranges, and joined letters.
  EXPECT_FALSE(has_control("\u200A\u2010\u2027\u202F\u205F\u2070\uFFFD क्ष 👍🏽"));
}

TEST(Printable, ShowsLettersOfAnyScriptAsTheyAre) {
  for (const char* text : {"", "lora r=4", "größe", "低秩", "–±†", "🙂"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ControlCharactersBecomeDigits) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("a\nb\t\x7f"), "a\\x0ab\\x09\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // the one-character form of ESC [
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(Printable, KeepsWhatItIsTold) { EXPECT_EQ(printable("a\n\x1b\tb", "\n\t"), "a\n\\x1b\tb"); }

TEST(Printable, BytesThatAreNoUtf8BecomeDigits) {
  EXPECT_EQ(printable("gr\xf6\xdf"), "gr\\xf6\\xdf");  // Latin-1
  EXPECT_EQ(printable("\xe4\xbd"), "\\xe4\\xbd");      // cut
  EXPECT_EQ(printable("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80");
}

TEST(Printable, ChecksNameTheText) {
  EXPECT_NO_THROW(check_printable("低秩", "label"));
  try {
    check_printable("a\x1b]0;b", "label");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("label 'a\\x1b]0;b': has control characters", 0), 0U)
        << error.what();
  }
}

}  // namespace
}  // namespace rankwise

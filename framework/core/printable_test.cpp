#include "framework/core/printable.h"

#include "framework/core/error.h"

#include <gtest/gtest.h>

#include <string>

namespace rankwise {
namespace {

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

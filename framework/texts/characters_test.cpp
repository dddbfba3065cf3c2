#include "framework/texts/characters.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Characters, BytesThatAreNoUtf8StandForThemselves) {
  EXPECT_EQ(first_character("\xFFz").code, 0xFFFDU);
  EXPECT_EQ(first_character("\xFFz").bytes, 1U);
  EXPECT_EQ(last_character("a\xE2\x80").bytes, 1U);
  EXPECT_EQ(last_character("aé").code, 0xE9U);
  EXPECT_EQ(last_character("\U0001F642").bytes, 4U);
  EXPECT_EQ(lower("A\xFF\xC3Z"), "a\xFF\xC3z");
}

TEST(Characters, LettersAndNumbersOfAnyScriptAreAlphanumeric) {
  for (const char32_t code : std::u32string_view(U"azAZ09éªµºßйΣ日あ½²٣Ⅷ①𝒜𐐀")) {
    EXPECT_TRUE(is_alphanumeric(code)) << std::hex << static_cast<int>(code);
  }
  constexpr std::u32string_view kOthers =
      U"_-' ~\u007F\u0080\u00A0«»¿×÷\u0301“”–…€「」、🙂\uFFFD\U000E0001";
  for (const char32_t code : kOthers) {
    EXPECT_FALSE(is_alphanumeric(code)) << std::hex << static_cast<int>(code);
  }
}

TEST(Characters, CapitalsOfAnyScriptHaveASmallLetter) {
  EXPECT_EQ(lower("AZ[ ÀÖ×ÞŸ ĀāĂ ƁΑΩ ЖЯ Ա Ạ K Å Ａ 𐐀 ẞ"), "az[ àö×þÿ āāă ɓαω жя ա ạ k å ａ 𐐨 ß");
  EXPECT_EQ(lower("ǅ Ǆ Ⱥ"), "ǆ ǆ ⱥ");
}

TEST(Characters, WhiteSpaceIsUnicodes) {
  EXPECT_EQ(stripped("\t\u2028 a b\u3000\u0085"), "a b");
  EXPECT_EQ(stripped(" \n"), "");
  EXPECT_THAT(split_at_space("\u00A0a\x1C b\u200Bc "), ElementsAre("a", "b\u200Bc"));
  EXPECT_THAT(split_at_space(""), IsEmpty());
}

TEST(Characters, WordsHoldApostrophesInside) {
  EXPECT_THAT(words_of("'it's' o''clock a_b l'été 3.5'"),
              ElementsAre("it's", "o", "clock", "a", "b", "l'été", "3", "5"));
}

}  // namespace
}  // namespace rankwise

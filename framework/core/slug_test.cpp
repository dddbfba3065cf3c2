#include "framework/core/slug.h"

#include "framework/core/hash.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

std::string hash_of(const std::string& text) { return sha256(text).substr(0, 8); }

TEST(Slug, KeepsSmallLettersDigitsDotsAndUnderscores) {
  EXPECT_EQ(slug("LoRA rank=4"), "lora-rank-4");
  EXPECT_EQ(slug("smora 64/8, u_1e-3"), "smora-64-8-u_1e-3");
  EXPECT_EQ(slug("lora!"), "lora-");
  EXPECT_EQ(slug("(a) v1.2"), "a-v1.2");
}

TEST(Slug, LettersBeyondAsciiAreToldApartByAHash) {
  EXPECT_EQ(slug("低秩"), hash_of("低秩"));
  EXPECT_EQ(slug("größe"), "gr-e-" + hash_of("größe"));
  EXPECT_NE(slug("größe"), slug("grüße"));
  EXPECT_NE(slug("低秩"), slug("稀疏"));
}

TEST(Slug, NeverLeavesItsFolderNorHides) {
  for (const char* text : {"", ".", "..", "../../etc", "/", "//", ".hidden", "---", "\n"}) {
    const std::string name = slug(text), figure = figure_slug(text);
    EXPECT_FALSE(name.empty() || figure.empty()) << text;
    EXPECT_EQ((name + figure).find('/'), std::string::npos) << text;
    EXPECT_NE(name.front(), '.') << text;
    EXPECT_NE(figure.front(), '.') << text;
  }
  EXPECT_EQ(slug(".."), hash_of(".."));
  EXPECT_EQ(slug("../../etc"), "etc-" + hash_of("../../etc"));
}

TEST(Slug, LongTextsAreCutAndDiffer) {
  const std::string shared(228, 'x');
  const std::string a = slug(shared + "a"), b = slug(shared + "b");
  EXPECT_EQ(a, std::string(71, 'x') + "-" + hash_of(shared + "a"));
  EXPECT_EQ(a.size(), kLongestSlug);
  EXPECT_NE(a, b);
  EXPECT_EQ(slug(std::string(80, 'x')), std::string(80, 'x'));
}

TEST(Slug, OfFiguresKeepsCapitalsAndDashes) {
  EXPECT_EQ(figure_slug("ranks 64/8"), "ranks_64_8");
  EXPECT_EQ(figure_slug("LoRA-FA, r=2, \"b\""), "LoRA-FA_r_2_b");
  EXPECT_EQ(figure_slug("a, α"), "a-" + hash_of("a, α"));
}

}  // namespace
}  // namespace rankwise

#include "framework/texts/rouge.h"

#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;

TEST(Rouge, TokensAreOfSmallLettersAndDigits) {
  EXPECT_THAT(rouge_tokens("It's 3.5%, naïve!"), ElementsAre("it", "s", "3", "5", "na", "ve"));
}

TEST(Rouge, AgreesWithRougeScore) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  for (const auto& example : fixture.at("texts")) {
    const std::string text = example.at("hypothesis");
    EXPECT_NEAR(rouge_l(text, example.at("references")), example.at("rouge_l"), 1e-9) << text;
  }
  EXPECT_GT(fixture.at("texts").size(), 200U);
}

TEST(Rouge, OfNothingIsZero) {
  EXPECT_EQ(rouge_l("", {""}), 0);
  EXPECT_EQ(rouge_l("a", {}), 0);
  EXPECT_EQ(rouge_l("...", {"..."}), 0) << "no token";
}

TEST(Rouge, TakesTheBestReference) {
  // Three of four and three: precision 3/4, recall 1.
  EXPECT_DOUBLE_EQ(rouge_l("a b c d", {"x", "a c d", "d c b a"}), 2 * 0.75 / 1.75);
}

std::vector<std::string> some_words() {
  return *rc::gen::container<std::vector<std::string>>(
      *rc::gen::inRange(0, 9), rc::gen::elementOf(std::vector<std::string>{"a", "b", "c", "d"}));
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// The definition: of the first tokens of each, the last ones are common or one of them is left out.
std::size_t slow_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return 0;
  const std::vector<std::string> fewer_a(a.begin(), a.end() - 1), fewer_b(b.begin(), b.end() - 1);
  if (a.back() == b.back()) return 1 + slow_common(fewer_a, fewer_b);
  return std::max(slow_common(fewer_a, b), slow_common(a, fewer_b));
}

RC_GTEST_PROP(Rouge, FindsTheLongestCommonSubsequence, ()) {
  std::vector<std::string> a = some_words(), b = some_words();
  a.resize(std::min<std::size_t>(a.size(), 6));
  b.resize(std::min<std::size_t>(b.size(), 6));
  RC_ASSERT(common_subsequence(a, b) == slow_common(a, b));
}

RC_GTEST_PROP(Rouge, IsTheSameBothWaysAndOneOfItself, ()) {
  const std::string a = joined(some_words()), b = joined(some_words());
  RC_ASSERT(rouge_l(a, {b}) == rouge_l(b, {a}));
  RC_ASSERT(rouge_l(a, {b, a}) == (a.empty() ? 0 : 1));
}

}  // namespace
}  // namespace rankwise

#include "framework/texts/answer_rules.h"

#include "framework/core/json_file.h"
#include "framework/core/text.h"
#include "framework/io/source_tree.h"
#include "framework/texts/numbers.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string read_answer(const std::string& rule, std::string_view text,
                        const std::vector<std::string>& labels = {}) {
  return answer_rules().find(rule).read(text, labels);
}

TEST(AnswerRules, ReadWhatWasWrittenDownByHand) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  std::set<std::string> seen;
  for (const auto& example : fixture.at("extracted")) {
    const std::string rule = example.at("rule");
    if (rule == "any_digit") continue;  // a metric
    const std::string text = example.at("text");
    const auto labels = example.value("labels", std::vector<std::string>());
    EXPECT_EQ(read_answer(rule, text, labels), example.at("answer")) << rule << " of " << text;
    seen.insert(rule);
  }
  const std::vector<std::string> names = answer_rules().names();
  std::set<std::string> all(names.begin(), names.end());
  all.erase("number_or_zero");
  EXPECT_EQ(seen, all);
}

TEST(AnswerRules, ReadNumbersAsMoREReadsThem) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  const auto& parsed = fixture.at("parsed").at("pearson");
  for (std::size_t i = 0; i < parsed.at("texts").size(); ++i) {
    const std::string text = parsed["texts"][i];
    EXPECT_EQ(decimal(text).value_or(0), parsed["values"][i]) << text;
  }
  EXPECT_EQ(read_answer("number_or_zero", "3"), "3.0");
  EXPECT_EQ(read_answer("number_or_zero", "\u00A03.80\n"), "3.8") << "white space is Unicode's";
  EXPECT_EQ(read_answer("number_or_zero", "5e-324"), "5e-324");
  EXPECT_EQ(read_answer("number_or_zero", "1e16"), "1e+16");
  EXPECT_EQ(read_answer("number_or_zero", "1e15"), "1000000000000000.0");
  EXPECT_EQ(read_answer("number_or_zero", "-.5"), "-0.5");
  for (const char* none : {"1e999", "1e", "+", ".", "e5", "0x10", "1_0", "--1", "1 2"}) {
    EXPECT_EQ(read_answer("number_or_zero", none), "0.0") << none;
  }
}

// Each expectation is what the Python rule gives.
TEST(AnswerRules, FindNumbersBetweenThousandsAndSigns) {
  EXPECT_THAT(numbers_in("1,234,5678"), ElementsAre("1234", "5678"));
  EXPECT_THAT(numbers_in("12345,678"), ElementsAre("12345", "678"));
  EXPECT_THAT(numbers_in("-$x $-3 a-4 )-5 --6 é-7"), ElementsAre("-3", "4", "5", "-6", "-7"));
  EXPECT_THAT(numbers_in("1..5 .5.5 -.50"), ElementsAre("1", "5", "0.5", "5", "-0.5"));
  EXPECT_THAT(numbers_in("0/5 -0/5 10/05 3/ 4"), ElementsAre("0", "0", "2", "3", "4"));
  EXPECT_THAT(numbers_in("24691357802469135780246/2"), ElementsAre("12345678901234567890123"));
}

TEST(AnswerRules, KeepToCharactersOfEveryScript) {
  EXPECT_EQ(read_answer("plain", "\u3000a\u00A0\u2003b\x1F"), "a b");
  EXPECT_EQ(read_answer("squad", "ÇA «The» ДОМ, theé İ"), "ça « » дом theé i̇");
  EXPECT_EQ(read_answer("first_option", "éB Bé B"), "B");
  EXPECT_EQ(read_answer("first_option", "éB Bé"), "");
  EXPECT_EQ(read_answer("first_digit", "日1 ½2 “3”"), "3");
  EXPECT_EQ(read_answer("first_label", "ungültig GÜLTIG", {"gültig"}), "gültig");
}

TEST(AnswerRules, FirstLabelNeedsALabelAndFindsNoneInNothing) {
  EXPECT_EQ(read_answer("first_label", "yes"), "");
  EXPECT_EQ(read_answer("first_label", "yes", {"yes", "yes, sir"}), "yes");
  EXPECT_EQ(read_answer("first_label", "yes, Sir", {"yes", "yes, sir"}), "yes, sir");
  EXPECT_EQ(read_answer("first_label", "YES", {"yes", "Yes"}), "Yes");
}

TEST(AnswerRules, CodeEndsWithItsFence) {
  EXPECT_EQ(read_answer("code", "```\n\n```"), "");
  EXPECT_EQ(read_answer("code", "```\n```"), "```");
  EXPECT_EQ(read_answer("code", "x ``` y"), "x ``` y");
}

TEST(AnswerRules, UnknownNameListsTheKnown) {
  try {
    answer_rules().find("last_numer");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("unknown answer rule 'last_numer' (did you mean "
                                        "'last_number'?); the answer rules are"));
  }
}

// Whatever bytes a model writes.
RC_GTEST_PROP(AnswerRules, KeepUtf8AndReadNothingTwice, ()) {
  std::string text;
  const std::vector<std::string> parts{
      "a", "A", "the", " ", "\n",   "é", "İ", "-",      "$",      "1",  ",0",   ".",       "/",
      "'", "(", "```", "B", "####", ")", "B", "answer", "\u3000", "日", "\xFF", "\xE2\x80"};
  for (int i = *rc::gen::inRange(0, 12); i > 0; --i) text += *rc::gen::elementOf(parts);
  for (const std::string& name : answer_rules().names()) {
    const std::string answer = read_answer(name, text, {"a", "the a"});
    RC_ASSERT(!is_utf8(text) || is_utf8(answer));
    const bool is_answer = name != "code" && name != "fenced_code" &&
                           name != "squad";  // "t.h.e" is "the", which is none
    RC_ASSERT(!is_answer || read_answer(name, answer, {"a", "the a"}) == answer);
  }
}

}  // namespace
}  // namespace rankwise

#include "framework/texts/bleu.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"
#include "framework/texts/tokens_13a.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rankwise {
namespace {

nlohmann::json bleu_fixture() {
  return read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
}

TEST(Tokens13a, AreThoseOfSacrebleu) {
  const auto fixture = bleu_fixture();
  for (const auto& pair : fixture.at("tokens_13a")) {
    EXPECT_EQ(tokens_13a(pair.at(0).get<std::string>()), pair.at(1));
  }
}

TEST(Bleu, OfSentencesAgreesWithSacrebleu) {
  const auto fixture = bleu_fixture();
  for (const auto& example : fixture.at("texts")) {
    const std::string text = example.at("hypothesis");
    EXPECT_NEAR(100 * sentence_bleu(text, example.at("references")), example.at("bleu"), 1e-9)
        << text;
  }
}

TEST(Bleu, OfCorporaAgreesWithSacrebleu) {
  const auto fixture = bleu_fixture();
  const auto& all = fixture.at("texts");
  for (const auto& corpus : fixture.at("corpora")) {
    BleuCounts counts;
    for (std::size_t i = corpus.at("first"); i < corpus.at("last"); ++i) {
      counts += bleu_counts(all[i].at("hypothesis").get<std::string>(), all[i].at("references"));
    }
    EXPECT_NEAR(100 * bleu(counts), corpus.at("bleu"), 1e-9) << corpus.at("first");
    EXPECT_EQ(counts.length, corpus.at("lengths").at(0));
    EXPECT_EQ(counts.reference_length, corpus.at("lengths").at(1));
  }
}

TEST(Bleu, OfNothingIsZero) {
  EXPECT_EQ(corpus_bleu({}, {}), 0);
  EXPECT_EQ(sentence_bleu("", {""}), 0);
  EXPECT_EQ(sentence_bleu("a", {"b"}), 0);
  EXPECT_EQ(corpus_bleu({"a b c"}, {{"a b c"}}), 0) << "no run of four";
  EXPECT_EQ(sentence_bleu("a b c", {"a b c"}), 1);
  EXPECT_THROW(sentence_bleu("a", {}), Error);
  EXPECT_THROW(corpus_bleu({"a"}, {}), Error);
}

TEST(Bleu, OfAllReferencesTakesTheClosestLengthAndTheMostOfEachRun) {
  const BleuCounts counts = bleu_counts("a a b", {"a", "a a c d e", "b b b b"});
  EXPECT_EQ(counts.reference_length, 4);
  EXPECT_EQ(bleu_counts("a a b", {"a a a a", "b b"}).reference_length, 2) << "ties: the shorter";
  EXPECT_EQ(counts.right[0], 3);
  EXPECT_EQ(counts.right[1], 1);
  EXPECT_EQ(counts.all[1], 2);
}

TEST(Bleu, KeepsADashBeforeATrailingLineEnd) {
  EXPECT_EQ(bleu_counts("a -\n", {"a -"}).length, 2) << "white space at the end goes first";
}

RC_GTEST_PROP(Bleu, OfACorpusThatIsItsOwnReferenceIsOne, ()) {
  const std::vector<std::string> words{"a", "B", "3,5", "é", "it's", "日本", "U.S."};
  std::vector<std::string> texts;
  std::vector<std::vector<std::string>> references;
  for (int text = *rc::gen::inRange(1, 4); text > 0; --text) {
    std::string line = "a b c d";
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) line += " " + *rc::gen::elementOf(words);
    references.push_back({line});
    texts.push_back(std::move(line));
  }
  RC_ASSERT(corpus_bleu(texts, references) == 1);
}

}  // namespace
}  // namespace rankwise

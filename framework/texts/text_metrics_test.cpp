#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/core/metrics.h"
#include "framework/io/source_tree.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;

double score_texts(const std::string& metric, GeneratedTexts generated) {
  return metrics().find(metric).score({.generated = std::move(generated)});
}

std::string refusal_of_texts(const std::string& metric, const GeneratedTexts& generated) {
  try {
    score_texts(metric, generated);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Each text as an example of its own, `truth` written by `shown`.
template <class Shown>
GeneratedTexts parsed_texts(const nlohmann::json& parsed, const Shown& shown) {
  GeneratedTexts generated{.texts = parsed.at("texts")};
  for (const auto& truth : parsed.at("truth")) generated.references.push_back({shown(truth)});
  return generated;
}

TEST(TextMetrics, MatchComparesAnswersAsTheRuleReadsThem) {
  const GeneratedTexts generated{.texts = {"It is 1,000.", "3 or 4", "none"},
                                 .references = {{"#### 1000"}, {"3", "4"}, {"5"}},
                                 .rule = "last_number"};
  EXPECT_DOUBLE_EQ(score_texts("match", generated), 2. / 3);
  EXPECT_THAT(example_scores("match", {.generated = generated}), ElementsAre(1, 1, 0));
}

TEST(TextMetrics, OfSeveralSamplesAreTheirMean) {
  const GeneratedTexts generated{.texts = {"a b c d", "b", "b", "b"},
                                 .references = {{"a b c d"}, {"b"}}};
  EXPECT_THAT(example_scores("match", {.generated = generated}), ElementsAre(0.5, 1));
  EXPECT_THAT(example_scores("rouge_l", {.generated = generated}), ElementsAre((1 + 0.4) / 2, 1))
      << "of 'b' one of one and one of four: 2 · 1 / 5";
  EXPECT_EQ(score_texts("match", generated), 0.75);
  EXPECT_EQ(score_texts("bleu", generated), 0.5) << "the corpora 'a b c d', 'b' and 'b', 'b'";
}

TEST(TextMetrics, AnEmptyTextIsRightWhereTheReferenceIsEmpty) {
  EXPECT_EQ(score_texts("match", {.texts = {"", "x"}, .references = {{" "}, {""}}}), 0.5);
  EXPECT_EQ(score_texts("rouge_l", {.texts = {"", ""}, .references = {{"a"}, {""}}}), 0);
  EXPECT_EQ(score_texts("bleu", {.texts = {""}, .references = {{"a"}}}), 0);
}

TEST(TextMetrics, AnyDigitIsAsLenientAsFlyLora) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  std::size_t seen = 0;
  for (const auto& example : fixture.at("extracted")) {
    if (example.at("rule") != "any_digit") continue;
    const GeneratedTexts generated{.texts = {example.at("text")},
                                   .references = {{example.at("gold")}}};
    EXPECT_EQ(score_texts("any_digit", generated), example.at("right").get<bool>() ? 1 : 0);
    ++seen;
  }
  EXPECT_GT(seen, 3U);
  EXPECT_EQ(refusal_of_texts("any_digit", {.texts = {"4"}, .references = {{"4"}}}),
            "metric 'any_digit': reference '4' is none of 0, 1, 2 and 3");
}

TEST(TextMetrics, TextsThatCannotBeReadAreZeroAsInMoRE) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  const auto& labelled = fixture.at("parsed").at("matthews");
  const std::vector<std::string> labels = labelled.at("labels");
  GeneratedTexts generated = parsed_texts(
      labelled, [&](const nlohmann::json& truth) { return labels.at(truth.get<std::size_t>()); });
  generated.labels = labels;
  EXPECT_NEAR(score_texts("text_matthews", generated), labelled.at("unparsable_is_class_0"), 1e-12);
  for (std::string& text : generated.texts) text.insert(0, " ");
  for (auto& references : generated.references) references.front().insert(0, " ");
  EXPECT_NEAR(score_texts("text_matthews", generated), labelled.at("unparsable_is_class_0"), 1e-12)
      << "a decoder's begin with a space";

  const auto shown = [](const nlohmann::json& truth) { return truth.dump(); };
  const auto& scored = fixture.at("parsed").at("pearson");
  EXPECT_NEAR(score_texts("text_pearson", parsed_texts(scored, shown)), scored.at("pearson"),
              1e-12);
  const auto& none = fixture.at("parsed").at("pearson_none_parsed");
  EXPECT_EQ(score_texts("text_pearson", parsed_texts(none, shown)), 0) << "not defined";
}

TEST(TextMetrics, RefuseWhatTheyCannotRead) {
  EXPECT_EQ(refusal_of_texts("match", {}),
            "metric 'match' needs generated texts, which are not recorded here");
  EXPECT_EQ(refusal_of_texts("bleu", {.texts = {"a", "b", "c"}, .references = {{"a"}, {"b"}}}),
            "metric 'bleu': 3 texts for 2 examples; expected as many for each");
  EXPECT_EQ(refusal_of_texts("rouge_l", {.texts = {"a"}, .references = {{}}}),
            "metric 'rouge_l': example 0 has no reference");
  EXPECT_EQ(
      refusal_of_texts("match", {.texts = {"a"}, .references = {{"none"}}, .rule = "last_number"}),
      "example 0: answer rule 'last_number' finds no answer in the reference 'none'; choose "
      "another rule");
  EXPECT_EQ(refusal_of_texts("text_pearson", {.texts = {"1"}, .references = {{"one"}}}),
            "metric 'text_pearson': reference 'one' is neither a number nor a label");
  EXPECT_THROW(score_texts("text_matthews", {.texts = {"a"}, .references = {{"a"}}}), Error);
  EXPECT_THROW(score_texts("match", {.texts = {"a"}, .references = {{"a"}}, .rule = "best"}),
               Error);
}

TEST(TextMetrics, OnlyMeansOverExamplesHaveAScoreForEach) {
  EXPECT_THROW(example_scores("bleu", {.generated = {.texts = {"a"}, .references = {{"a"}}}}),
               Error);
  EXPECT_THROW(example_scores("match", {}), Error);
  EXPECT_THROW(example_scores("matched", {}), Error);
}

}  // namespace
}  // namespace rankwise

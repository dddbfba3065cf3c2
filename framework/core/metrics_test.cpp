#include "framework/core/metrics.h"

#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>

namespace rankwise {
namespace {

double score(const std::string& metric, std::vector<double> prediction, std::vector<double> label) {
  return metrics().find(metric).score(
      {.prediction = std::move(prediction), .label = std::move(label), .reference = {}});
}

TEST(Metrics, CountsRightAnswers) {
  EXPECT_EQ(score("accuracy", {0, 1, 1, 0}, {0, 1, 0, 0}), 0.75);
}

TEST(Metrics, MacroF1AveragesTheClassesThatOccur) {
  // Class 0: precision 1, recall 2/3; class 1: precision 1/2, recall 1.
  EXPECT_DOUBLE_EQ(score("macro_f1", {0, 1, 1, 0}, {0, 1, 0, 0}), (0.8 + 2.0 / 3) / 2);
}

TEST(Metrics, ConstantPredictionsHaveNoCorrelation) {
  EXPECT_EQ(score("matthews", {1, 1, 1}, {0, 1, 0}), 0);
  EXPECT_EQ(score("pearson", {1, 1, 1}, {0, 1, 0}), 0);
}

TEST(Metrics, TiesShareTheirMeanRank) {
  EXPECT_EQ(tied_ranks({5, 1, 5, 3}), (std::vector<double>{3.5, 1, 3.5, 2}));
}

TEST(Metrics, RanksEndForAnyInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(tied_ranks({nan, 2, nan, 1}).size(), 4U);
  EXPECT_EQ(tied_ranks({nan, 2, 1})[2], 1);
}

TEST(Metrics, SpearmanSeesOrderOnly) {
  EXPECT_DOUBLE_EQ(score("spearman", {1, 10, 100}, {1, 2, 3}), 1);
}

TEST(Metrics, RelativeErrorIsOneForTheUnadaptedModel) {
  const Scored scored{.width = 2, .prediction = {1, 2}, .label = {0, 0}, .reference = {1, 2}};
  EXPECT_EQ(metrics().find("relative_error").score(scored), 1);
}

TEST(Metrics, RefuseNumbersThatAreNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto refusal = [](const std::string& name, const Scored& scored) -> std::string {
    try {
      metrics().find(name).score(scored);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  for (const std::string& name : metrics().names()) {
    const Scored scored{.prediction = {1, nan}, .label = {0, 1}, .reference = {1, 1}};
    EXPECT_EQ(refusal(name, scored),
              "metric '" + name + "': prediction 1 is nan, expected a finite number");
  }
  EXPECT_EQ(refusal("pearson", {.prediction = {1, 2}, .label = {infinity, 1}, .reference = {}}),
            "metric 'pearson': label 0 is inf, expected a finite number");
  EXPECT_EQ(refusal("relative_error", {.prediction = {1}, .label = {2}, .reference = {nan}}),
            "metric 'relative_error': reference 0 is nan, expected a finite number");
  EXPECT_EQ(refusal("accuracy", {.prediction = {1}, .label = {1, 0}, .reference = {}}),
            "metric 'accuracy': 1 predictions for 2 labels");
}

// What scikit-learn and SciPy say; null, where a correlation is not defined, scores 0 here.
void compare_with_fixture(const nlohmann::json& cases, const std::vector<std::string>& names) {
  std::size_t compared = 0;
  for (const auto& example : cases) {
    for (const std::string& name : names) {
      if (!example.contains(name)) continue;
      const double expected = example[name].is_null() ? 0 : example[name].get<double>();
      EXPECT_NEAR(score(name, example["prediction"], example["truth"]), expected, 1e-12)
          << name << " of " << example["name"];
      ++compared;
    }
  }
  EXPECT_GT(compared, cases.size());
}

TEST(Metrics, AgreeWithScikitLearnAndScipy) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "metrics.json");
  compare_with_fixture(fixture.at("classify"), {"accuracy", "f1", "macro_f1", "matthews"});
  compare_with_fixture(fixture.at("regress"), {"pearson", "spearman"});
}

// Two examples of two candidates; a byte counts for the second.
Scored two_choices() {
  return {.prediction = {0, 1},
          .label = {1, 1},
          .answers = {.starts = {0, 2, 4},
                      .log_probability = {-2, -3, -4, -1},
                      .tokens = {1, 2, 2, 1},
                      .bytes = {4, 8, 8, 4},
                      .greedy = {0, 0, 0, 1}}};
}

TEST(Metrics, AccIsOfTheLikeliestAndAccNormOfTheLikeliestByte) {
  EXPECT_EQ(likeliest(two_choices().answers, false), (std::vector<double>{0, 1}));
  EXPECT_EQ(likeliest(two_choices().answers, true), (std::vector<double>{1, 1}))
      << "-3 over 8 bytes is more than -2 over 4";
  EXPECT_EQ(metrics().find("acc").score(two_choices()), 0.5);
  EXPECT_EQ(metrics().find("acc_norm").score(two_choices()), 1);
}

TEST(Metrics, TiesGoToTheFirstCandidateAndNothingToNone) {
  Scored scored = two_choices();
  scored.answers.log_probability = {-1, -1, -1, std::nan("")};
  const std::vector<double> chosen = likeliest(scored.answers, false);
  EXPECT_EQ(chosen[0], 0);
  EXPECT_TRUE(std::isnan(chosen[1]));
}

TEST(Metrics, TextsAreScoredByTheirTokensAndBytes) {
  // Two texts of 2 and 4 tokens and 8 bytes, at half a chance a token.
  const double half = std::log(0.5);
  const Scored scored{.prediction = {2 * half, 4 * half},
                      .label = {2, 4},
                      .answers = {.starts = {0, 1, 2},
                                  .log_probability = {2 * half, 4 * half},
                                  .tokens = {2, 4},
                                  .bytes = {3, 5},
                                  .greedy = {1, 0}}};
  EXPECT_DOUBLE_EQ(metrics().find("perplexity").score(scored), 2);
  EXPECT_DOUBLE_EQ(metrics().find("bits_per_byte").score(scored), 6. / 8);
  EXPECT_EQ(metrics().find("exact_match").score(scored), 0.5);
}

TEST(Metrics, OfTextsCountAsAShareWhereParametersAreChosen) {
  EXPECT_EQ(metrics().find("perplexity").as_share(4), 0.25);
  EXPECT_EQ(metrics().find("bits_per_byte").as_share(2), 0.25);
  EXPECT_EQ(metrics().find("accuracy").as_share, nullptr);
}

TEST(Metrics, RefuseAPerplexityBeyondAllNumbers) {
  const Scored scored{.prediction = {-1e6}, .label = {1}};
  EXPECT_THROW(metrics().find("perplexity").score(scored), Error);
}

TEST(Metrics, OfAnswersNeedTheirLikelihood) {
  const Scored scored{.prediction = {1}, .label = {1}};
  EXPECT_THROW(metrics().find("acc").score(scored), Error);
}

}  // namespace
}  // namespace rankwise

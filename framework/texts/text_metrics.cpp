// Metrics of generated texts, from 0 to 1, or -1 to 1 where they correlate. Each is the mean over
// the samples of an example, or over the corpora that the first, second, … samples make.

#include "framework/core/metrics.h"
#include "framework/texts/answer_rules.h"
#include "framework/texts/bleu.h"
#include "framework/texts/numbers.h"
#include "framework/texts/rouge.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>

namespace rankwise {

namespace {

using References = std::vector<std::string>;

// [G] the mean of score(text, example) over an example's samples.
template <class Score>
std::vector<double> means_over_samples(const GeneratedTexts& generated, const Score& score_text) {
  const std::size_t samples = generated.samples();
  std::vector<double> means(generated.references.size());
  for (std::size_t i = 0; i < generated.texts.size(); ++i) {
    means[i / samples] += score_text(generated.texts[i], i / samples);
  }
  for (double& mean : means) mean /= static_cast<double>(samples);
  return means;
}

// The mean of score(texts) over the corpora that have one sample of each example.
template <class Score>
double mean_over_corpora(const GeneratedTexts& generated, const Score& score_corpus) {
  const std::size_t samples = generated.samples();
  double total = 0;
  for (std::size_t sample = 0; sample < samples; ++sample) {
    std::vector<std::string> corpus;
    corpus.reserve(generated.references.size());
    for (std::size_t i = sample; i < generated.texts.size(); i += samples) {
      corpus.push_back(generated.texts[i]);
    }
    total += score_corpus(corpus);
  }
  return total / static_cast<double>(samples);
}

// A target must be readable, else a text from which nothing is read would be right.
References read_references(const GeneratedTexts& generated, std::size_t example) {
  const AnswerRule& rule = answer_rules().find(generated.rule);
  References answers;
  for (const std::string& reference : generated.references[example]) {
    answers.push_back(rule.read(reference, generated.labels));
    check(rule.may_be_empty || !answers.back().empty(),
          "example {}: answer rule '{}' finds no answer in the reference '{}'; choose another rule",
          example, generated.rule, reference);
  }
  return answers;
}

std::vector<double> matches(const Scored& scored) {
  const GeneratedTexts& generated = scored.generated;
  const AnswerRule& rule = answer_rules().find(generated.rule);
  std::vector<References> expected;
  for (std::size_t i = 0; i < generated.references.size(); ++i) {
    expected.push_back(read_references(generated, i));
  }
  return means_over_samples(generated, [&](const std::string& text, std::size_t example) {
    const std::string answer = rule.read(text, generated.labels);
    const References& answers = expected[example];
    return std::find(answers.begin(), answers.end(), answer) == answers.end() ? 0.0 : 1.0;
  });
}

// FlyLoRA's released reading of MMLU: right where any of the digits 0 to 3 in the text is the
// reference, however many others it has (papers.md, FlyLoRA's released code, 7).
std::vector<double> any_digits(const Scored& scored) {
  const GeneratedTexts& generated = scored.generated;
  for (const References& references : generated.references) {
    for (const std::string& reference : references) {
      const bool is_choice = reference.size() == 1 && reference[0] >= '0' && reference[0] <= '3';
      check(is_choice, "metric 'any_digit': reference '{}' is none of 0, 1, 2 and 3", reference);
    }
  }
  return means_over_samples(generated, [&](const std::string& text, std::size_t example) {
    const References& digits = generated.references[example];
    const bool right = std::any_of(digits.begin(), digits.end(), [&](const std::string& digit) {
      return text.find(digit) != std::string::npos;
    });
    return right ? 1.0 : 0.0;
  });
}

std::vector<double> rouge_ls(const Scored& scored) {
  return means_over_samples(scored.generated, [&](const std::string& text, std::size_t example) {
    return rouge_l(text, scored.generated.references[example]);
  });
}

double mean_bleu(const Scored& scored) {
  return mean_over_corpora(scored.generated, [&](const std::vector<std::string>& texts) {
    return corpus_bleu(texts, scored.generated.references);
  });
}

std::optional<double> class_of(std::string_view text, const std::vector<std::string>& labels) {
  const auto found = std::find(labels.begin(), labels.end(), text);
  if (found == labels.end()) return std::nullopt;
  return static_cast<double>(found - labels.begin());
}

// Another metric of the numbers that `read` sees in the texts, 0 where it sees none, against those
// of the first references.
template <class Read>
double score_of_numbers(const std::string& metric, const GeneratedTexts& generated,
                        const Read& read) {
  Scored numbers;
  for (const References& references : generated.references) {
    const std::optional<double> number = read(references.front());
    check(number.has_value(), "metric 'text_{}': reference '{}' is neither a number nor a label",
          metric, references.front());
    numbers.label.push_back(*number);
  }
  return mean_over_corpora(generated, [&](const std::vector<std::string>& texts) {
    numbers.prediction.clear();
    for (const std::string& text : texts) numbers.prediction.push_back(read(text).value_or(0));
    return metrics().find(metric).score(numbers);
  });
}

/// A decoder's answers begin with the delimiter behind the prompt, as the wanted ones do.
std::string_view delimiter_of(const GeneratedTexts& generated) {
  const std::string& wanted = generated.references.front().front();
  return std::string_view(wanted).substr(
      0, std::min(wanted.find_first_not_of(" \n\t"), wanted.size()));
}

double text_matthews(const Scored& scored) {
  const std::string_view delimiter = delimiter_of(scored.generated);
  const auto read = [&](const std::string& text) {
    const std::size_t begin = text.starts_with(delimiter) ? delimiter.size() : 0;
    return class_of(std::string_view(text).substr(begin), scored.generated.labels);
  };
  return score_of_numbers("matthews", scored.generated, read);
}

double text_pearson(const Scored& scored) {
  return score_of_numbers("pearson", scored.generated,
                          [](const std::string& text) { return decimal(text); });
}

Metric of_corpus(std::string summary, double (*score_corpus)(const Scored&)) {
  return {.summary = std::move(summary),
          .targets = Targets::kGenerated,
          .score = score_corpus,
          .needs_texts = true};
}

Metric of_each_example(std::string summary, std::vector<double> (*score_each)(const Scored&)) {
  const auto mean = [score_each](const Scored& scored) {
    const std::vector<double> scores = score_each(scored);
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  };
  return {.summary = std::move(summary),
          .targets = Targets::kGenerated,
          .score = mean,
          .needs_texts = true,
          .of_examples = score_each};
}

const RegisterMetric match_registration(
    "match",
    of_each_example("share of generated texts whose answer is that of a reference", matches));
const RegisterMetric any_digit_registration(
    "any_digit", of_each_example("share of generated texts that hold the right one of 0 to 3 "
                                 "anywhere, as FlyLoRA's code reads MMLU",
                                 any_digits));
const RegisterMetric rouge_l_registration(
    "rouge_l", of_each_example("Rouge-L's F1 without stemmer, of the best reference", rouge_ls));
const RegisterMetric bleu_registration("bleu",
                                       of_corpus("corpus BLEU as sacrebleu counts it, 0 to 1",
                                                 mean_bleu));
const RegisterMetric text_matthews_registration(
    "text_matthews",
    of_corpus("Matthews correlation of texts that are labels, else of class 0", text_matthews));
const RegisterMetric text_pearson_registration(
    "text_pearson",
    of_corpus("linear correlation of texts that are numbers, else 0", text_pearson));

}  // namespace

}  // namespace rankwise

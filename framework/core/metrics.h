/// Task metrics, looked up by name; each is checked against scikit-learn and SciPy.
#pragma once

#include "framework/core/registration.h"
#include "framework/core/registry.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise {

/// The answers of G examples, scored by their likelihood: C in all, several an example where it has
/// candidates.
struct AnswerScores {
  std::vector<std::int64_t> starts;     // [G + 1] first answer of each example
  std::vector<double> log_probability;  // [C] nats, summed over the answer's tokens
  std::vector<std::int64_t> tokens;     // [C]
  std::vector<std::int64_t> bytes;      // [C] of the answer's text in UTF-8
  std::vector<std::uint8_t> greedy;  // [C] 1: each token is the most likely one after those before

  std::size_t size() const { return log_probability.size(); }
  bool operator==(const AnswerScores&) const = default;
};

/// The candidate of the largest log-probability, or of the largest a byte: lm-evaluation-harness'
/// acc and acc_norm. [G]; ties: the first; NaN where a candidate's is not finite.
std::vector<double> likeliest(const AnswerScores& answers, bool per_byte);

/// Texts that a model generated for G examples, n each, and what they are compared with.
struct GeneratedTexts {
  std::vector<std::string> texts;  // [G * n] the n samples of an example stand together; UTF-8
  std::vector<std::vector<std::string>> references;  // [G] one or several an example
  std::vector<std::string> labels = {};  // of the task, in the order of its classes; may be empty
  std::string rule = "plain";            // how an answer is read: a name of answer_rules()

  /// n; there is an example.
  std::size_t samples() const { return texts.size() / references.size(); }
  bool operator==(const GeneratedTexts&) const = default;
};

/// What a metric is computed from. Classes are stored as whole numbers; where the target is a text,
/// a prediction is the log-probability of its tokens and a label their number.
struct Scored {
  std::int64_t width = 1;          // values an example
  std::vector<double> prediction;  // [G * width]
  std::vector<double> label;       // [G * width]
  std::vector<double> reference;   // [G * width] of the unadapted model; empty where there is none
  AnswerScores answers = {};       // empty where no answers were scored
  GeneratedTexts generated = {};   // empty where no texts were generated
  std::vector<std::uint8_t> passed = {};  // [G * n] 1: the text, run as a program, passed its tests
};

/// What a metric compares; candidates and texts by their likelihood, generated texts as they read.
/// Programs are run after a run has ended (`rankwise execute`): no task can be trained by them.
enum class Targets { kClasses, kValues, kCandidates, kTexts, kGenerated, kPrograms };

/// A registered metric; `score` throws Error where a number is not finite. A constant input, for
/// which a correlation is not defined, scores 0.
struct Metric {
  std::string summary;
  bool higher_is_better = true;
  Targets targets = Targets::kClasses;
  std::function<double(const Scored&)> score;
  bool needs_reference = false;  // the unadapted model's outputs
  bool needs_answers = false;
  /// A score without bounds as one from 0 to 1, higher better, so that it can stand beside others
  /// where parameters are chosen; null: as it is.
  double (*as_share)(double score) = nullptr;
  bool needs_texts = false;  // generated ones; predictions and labels may then be missing
  /// [G] of a metric that is their mean; null: it is none.
  std::function<std::vector<double>(const Scored&)> of_examples = nullptr;
};

/// accuracy, f1, macro_f1, matthews, pearson, spearman, relative_error; acc, acc_norm of
/// candidates; perplexity, bits_per_byte, exact_match of texts. framework/texts/ adds those of
/// generated texts and of programs.
Registry<Metric>& metrics();

/// Puts a metric into metrics(), behind the checks of its input that all of them have:
///     const RegisterMetric rouge_l_registration("rouge_l", {...});
struct RegisterMetric {
  RegisterMetric(const std::string& name, const Metric& metric);
};

/// [G] scores of the examples, whose mean is the metric's score: what paired tests compare. Throws
/// Error for a metric that is no mean over examples.
std::vector<double> example_scores(const std::string& metric, const Scored& scored);

/// Ranks from 1, ties share their mean.
std::vector<double> tied_ranks(const std::vector<double>& values);

}  // namespace rankwise

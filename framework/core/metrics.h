/// Task metrics, looked up by name; each is checked against scikit-learn and SciPy.
#pragma once

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

/// What a metric is computed from. Classes are stored as whole numbers; where the target is a text,
/// a prediction is the log-probability of its tokens and a label their number.
struct Scored {
  std::int64_t width = 1;          // values an example
  std::vector<double> prediction;  // [G * width]
  std::vector<double> label;       // [G * width]
  std::vector<double> reference;   // [G * width] of the unadapted model; empty where there is none
  AnswerScores answers = {};       // empty where no answers were scored
};

/// What a metric compares; candidates and texts by their likelihood.
enum class Targets { kClasses, kValues, kCandidates, kTexts };

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
};

/// accuracy, f1, macro_f1, matthews, pearson, spearman, relative_error; acc, acc_norm of
/// candidates; perplexity, bits_per_byte, exact_match of texts.
Registry<Metric>& metrics();

/// Ranks from 1, ties share their mean.
std::vector<double> tied_ranks(const std::vector<double>& values);

}  // namespace rankwise

/// Ends training where scores on dev no longer get better: `train.early_stopping`.
#pragma once

#include "framework/core/json.h"
#include "framework/data/dataset.h"
#include "framework/train/evaluator.h"
#include "framework/train/options.h"

#include <cstdint>
#include <string>

namespace rankwise {

class EarlyStopping {
 public:
  /// `dataset` outlives it. Throws Error for a metric that is neither "selection" nor one that a
  /// task is scored by.
  EarlyStopping(const EarlyStoppingOptions& options, const Dataset& dataset);

  /// Takes the next evaluation.
  void see(std::int64_t step, const ScoresByTask& scores);

  /// Whether training ends with the evaluation seen last.
  bool is_due() const { return options_.patience && without_ >= *options_.patience; }

  /// "selection is not above 0.81 (step 60) by more than 0.001 after 3 more evaluations"
  std::string reason() const;
  /// The same for a program: metric, best, best_step, min_delta, evaluations.
  nlohmann::json facts() const;

 private:
  double score(const ScoresByTask& scores) const;  // higher is better

  EarlyStoppingOptions options_;
  const Dataset& dataset_;
  std::string task_, metric_;  // empty: selection
  double sign_ = 1;            // -1 where lower is better
  double best_ = 0;
  std::int64_t best_step_ = -1;  // -1: nothing was seen yet
  std::int64_t without_ = 0;     // evaluations since then
};

}  // namespace rankwise

/// Scores a model on a split, task by task.
#pragma once

#include "framework/data/dataset.h"
#include "framework/generate/options.h"
#include "framework/model/model.h"
#include "framework/record/run_file.h"
#include "framework/train/collective.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

using ScoresByTask = std::map<std::string, std::map<std::string, double>>;  // then by metric

struct Evaluation {
  std::vector<PredictionRecord> tasks;  // in the suite's order; `parameters` is left empty
  std::int64_t rows = 0;                // rows (tokens) that passed through the model

  ScoresByTask scores() const;
};

/// One name for the rule by which `best` parameters are chosen.
inline constexpr const char* kBestRule =
    "highest mean over tasks of the first metric on dev (lowest where lower is better); "
    "ties: the earlier";

/// Mean over tasks of the first metric: higher is always better. A perplexity counts as the mean
/// probability of a token, bits per byte as that of a byte; others where lower is better, negated.
double selection_score(const ScoresByTask& scores, const Dataset& dataset);

class Evaluator {
 public:
  /// `rows`: rows (tokens) of a batch. `before_batch` may throw to end an evaluation.
  Evaluator(
      const Dataset& dataset, std::int64_t rows, const torch::TensorOptions& options,
      std::function<void()> before_batch = [] {})
      : dataset_(dataset), rows_(rows), options_(options), before_batch_(std::move(before_batch)) {}

  /// How texts are written where a task's metrics read them; their draws come from `seed`.
  void write_by(const GenerationOptions& options, const Seed& seed) {
    generation_ = options;
    seed_ = seed;
  }

  /// Each process predicts some of the examples, and all know what all predicted. They halve their
  /// own examples where usage is halved. `before_batch` must not throw.
  void share_with(Collective& processes) { processes_ = &processes; }

  /// Every example once. With `count_usage` the updates' evaluation usage starts anew and holds
  /// this split's rows afterwards. No bias or other state of the model moves. Throws NotFinite for
  /// an example whose outputs are not finite, Error for a site that no example reaches.
  Evaluation evaluate(Model& model, SplitName split, bool count_usage) const;

  /// What evaluate() fills for one task: its labels, and room for what is predicted.
  PredictionRecord unscored(SplitName split, std::int32_t task) const;
  /// Predicts a batch of one task's examples into its record; the rows that passed.
  std::int64_t predict(Model& model, SplitName split, const std::vector<Example>& examples,
                       bool count_usage, PredictionRecord& record) const;

 private:
  PredictionRecord evaluate_task(Model& model, SplitName split, std::int32_t task, bool count_usage,
                                 std::int64_t& rows) const;

  const Dataset& dataset_;
  std::int64_t rows_;
  torch::TensorOptions options_;
  std::function<void()> before_batch_;
  GenerationOptions generation_;
  Seed seed_{0};
  Collective* processes_ = &one_process();
};

/// Examples of one task in batches of at most `rows` rows, short ones first.
std::vector<std::vector<Example>> evaluation_batches(const Split& split, std::int32_t task,
                                                     std::int64_t rows);

}  // namespace rankwise

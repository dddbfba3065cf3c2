/// The `train` and `record` parts of a run.
#pragma once

#include "framework/core/options.h"
#include "framework/data/sampler.h"
#include "framework/train/record_words.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace rankwise {

enum class LearningSchedule { kLinear, kCosine, kConstant };
enum class Precision { kFp32, kFp64 };

struct TrainOptions {
  /// Raised by a fix that changes the results of these options.
  static constexpr std::int64_t kRevision = 1;
  /// Options of memory and time alone; micro_batch where a variant's loss adds up exactly.
  static std::set<std::string> without_effect() { return {"micro_batch", "evaluation_rows"}; }

  std::int64_t steps = 150;
  std::int64_t batch = 32;
  std::int64_t micro_batch = 0;
  double learning_rate = 1e-3;
  std::optional<double> head_learning_rate;
  LearningSchedule schedule = LearningSchedule::kLinear;
  double warmup = 0.06;
  double weight_decay = 0.01;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double clip = 1;
  SamplerOptions sampler;
  std::int64_t evaluations = 3;
  bool evaluate_at_start = false;
  std::int64_t evaluation_rows = 2048;
  Precision precision = Precision::kFp32;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("steps", self.steps, "optimizer steps", positive());
    field("batch", self.batch, "examples per step", positive());
    field("micro_batch", self.micro_batch,
          "examples per forward pass; gradients add up exactly; 0: the whole batch",
          not_negative());
    field("learning_rate", self.learning_rate, "AdamW's, at the schedule's peak", positive());
    field("head_learning_rate", self.head_learning_rate, "of the heads; null: the same",
          positive());
    field("schedule", self.schedule, "after the warm-up: to zero by linear or cosine, or constant",
          {{LearningSchedule::kLinear, "linear"},
           {LearningSchedule::kCosine, "cosine"},
           {LearningSchedule::kConstant, "constant"}});
    field("warmup", self.warmup, "fraction of the steps used for learning-rate warm-up",
          between(0, 1));
    field("weight_decay", self.weight_decay, "AdamW's decoupled decay", not_negative());
    field("beta1", self.beta1, "AdamW's", at_least_below(0, 1));
    field("beta2", self.beta2, "AdamW's", at_least_below(0, 1));
    field("epsilon", self.epsilon, "AdamW's", positive());
    field("clip", self.clip, "largest norm of all gradients together; 0: not clipped",
          not_negative());
    field("sampler", self.sampler, "which examples a batch holds");
    field("evaluations", self.evaluations, "evaluations on dev, evenly spread, one at the end",
          positive());
    field("evaluate_at_start", self.evaluate_at_start, "one more before the first step");
    field("evaluation_rows", self.evaluation_rows, "rows (tokens) of an evaluation batch",
          positive());
    field("precision", self.precision, "fp32 or fp64",
          {{Precision::kFp32, "fp32"}, {Precision::kFp64, "fp64"}});
  }
};

struct RecordOptions {
  static std::set<std::string> without_effect() { return {"checkpoints", "checkpoint_every"}; }

  std::int64_t samples = 40;
  bool factors = true;
  bool gradients = false;
  KeptParameters parameters;
  bool checkpoints = true;
  CheckpointInterval checkpoint_every;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("samples", self.samples, "dev examples per task whose representations are kept",
          not_negative());
    field("factors", self.factors, "keep A and B of every site in the run file");
    field("gradients", self.gradients,
          "keep the covariance of B's columns' gradients over the steps, at every site");
    field(
        "parameters", self.parameters,
        "trained parameters beside the run file, as safetensors: none, last (true), best or both");
    field("checkpoints", self.checkpoints,
          "after each evaluation, at the interval below and when stopped, so that a run that was "
          "cut is resumed; the last two are kept until the run ends");
    field("checkpoint_every", self.checkpoint_every,
          "one more checkpoint after so many steps, or after a time such as \"10 min\"");
  }
};

}  // namespace rankwise

/// The `train` and `record` parts of a run.
#pragma once

#include "framework/core/options.h"
#include "framework/data/sampler.h"
#include "framework/generate/options.h"
#include "framework/train/record_words.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rankwise {

enum class LearningSchedule { kLinear, kCosine, kConstant };
enum class Precision { kFp32, kTf32, kBf16, kFp64 };

/// AdamW's decay of parameters by what they are; a parameter may be of several kinds (decay.h).
struct DecayOptions {
  std::optional<double> bias, norm, embedding, router, head;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("bias", self.bias, "of biases, those of heads and gates too; null: as weight_decay",
          not_negative());
    field("norm", self.norm, "of the weights of normalisations; null: as weight_decay",
          not_negative());
    field("embedding", self.embedding,
          "of task embeddings, and of the backbone's tables where it is trained; null: as "
          "weight_decay",
          not_negative());
    field("router", self.router,
          "of gates all of whose parameters choose or weigh ranks; null: as weight_decay",
          not_negative());
    field("head", self.head,
          "of the tasks' heads; null: as weight_decay. Of several kinds the first one set counts: "
          "bias, norm, embedding, router, head",
          not_negative());
  }
};

struct EarlyStoppingOptions {
  std::optional<std::int64_t> patience;
  std::string metric = "selection";
  double min_delta = 0;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("patience", self.patience,
          "training ends after so many evaluations in a row that do not improve; null: never",
          positive());
    field("metric", self.metric,
          "what must improve on dev: selection (the mean over tasks of their first metrics), or "
          "one of them as task/metric");
    field("min_delta", self.min_delta, "what a score must gain over the best one to improve on it",
          not_negative());
  }
};

struct TrainOptions {
  /// Raised by a fix that changes the results of these options.
  static constexpr std::int64_t kRevision = 1;
  /// Options of memory and time alone; micro_batch where a variant's loss adds up exactly.
  static std::set<std::string> without_effect() {
    return {"micro_batch", "chunk_rows", "evaluation_rows", "gradient_checkpointing",
            "deterministic"};
  }

  std::optional<std::int64_t> steps = 150;
  std::optional<std::int64_t> epochs;
  LastBatch last_batch = LastBatch::kKeep;
  std::int64_t batch = 32;
  std::int64_t micro_batch = 0;
  std::optional<std::int64_t> chunk_rows;
  double learning_rate = 1e-3;
  std::optional<double> head_learning_rate;
  LearningSchedule schedule = LearningSchedule::kLinear;
  std::optional<double> warmup = 0.06;
  std::optional<std::int64_t> warmup_steps;
  double weight_decay = 0.01;
  DecayOptions weight_decay_of;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double clip = 1;
  SamplerOptions sampler;
  std::int64_t evaluations = 3;
  bool evaluate_at_start = false;
  EarlyStoppingOptions early_stopping;
  std::int64_t evaluation_rows = 2048;
  GenerationOptions generation;
  bool gradient_checkpointing = false;
  Precision precision = Precision::kFp32;
  bool deterministic = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("steps", "max_steps"), self.steps,
          "optimizer steps; null where epochs is set", positive());
    field(also_called("epochs", "num_train_epochs"), self.epochs,
          "instead of steps: passes over all training examples of all tasks, each exactly once a "
          "pass",
          positive());
    field("last_batch", self.last_batch,
          "what fills no whole batch at the end of an exact pass (of each task, unless batches are "
          "mixed)",
          {{LastBatch::kKeep, "keep"}, {LastBatch::kDrop, "drop"}});
    field("batch", self.batch, "examples per step", positive());
    field("micro_batch", self.micro_batch,
          "examples per forward pass; gradients add up exactly; 0: the whole batch",
          not_negative());
    field(
        "chunk_rows", self.chunk_rows,
        "rows (tokens) of a forward pass, about: a step of more is cut into equal parts where that "
        "changes nothing but rounding and which units dropout drops (not where a variant's loss "
        "looks at the whole batch, nor with a micro_batch); null: 1024 on a CPU, not cut on a GPU; "
        "0: not cut",
        not_negative());
    field("learning_rate", self.learning_rate, "AdamW's, at the schedule's peak", positive());
    field("head_learning_rate", self.head_learning_rate, "of the heads; null: the same",
          positive());
    field("schedule", self.schedule, "after the warm-up: to zero by linear or cosine, or constant",
          {{LearningSchedule::kLinear, "linear"},
           {LearningSchedule::kCosine, "cosine"},
           {LearningSchedule::kConstant, "constant"}});
    field(also_called("warmup", "warmup_ratio"), self.warmup,
          "fraction of the steps used for learning-rate warm-up; null where warmup_steps is set",
          between(0, 1));
    field("warmup_steps", self.warmup_steps, "instead of warmup: in steps", not_negative());
    field("weight_decay", self.weight_decay, "AdamW's decoupled decay", not_negative());
    field("weight_decay_of", self.weight_decay_of, "the same by kind of parameter");
    field(also_called("beta1", "adam_beta1"), self.beta1, "AdamW's", at_least_below(0, 1));
    field(also_called("beta2", "adam_beta2"), self.beta2, "AdamW's", at_least_below(0, 1));
    field(also_called("epsilon", "adam_epsilon"), self.epsilon, "AdamW's", positive());
    field(also_called("clip", "max_grad_norm"), self.clip,
          "largest norm of all gradients together; 0: not clipped", not_negative());
    field("sampler", self.sampler, "which examples a batch holds");
    field("evaluations", self.evaluations, "evaluations on dev, evenly spread, one at the end",
          positive());
    field(also_called("evaluate_at_start", "eval_on_start"), self.evaluate_at_start,
          "one more before the first step");
    field("early_stopping", self.early_stopping, "ending training where dev stops improving");
    field("evaluation_rows", self.evaluation_rows, "rows (tokens) of an evaluation batch",
          positive());
    field("generation", self.generation,
          "how evaluations write the texts of tasks whose metrics read them");
    field("gradient_checkpointing", self.gradient_checkpointing,
          "each block of the backbone keeps its inputs alone and runs again in backward: less "
          "memory, more time, the same results");
    field(
        "precision", self.precision,
        "bf16: the backbone's weights and what its layers hand on, while adapters, heads, routing "
        "and the optimizer stay fp32 (and a backbone that is trained keeps fp32 weights); tf32: "
        "fp32 whose products a CUDA device may round to ten bits",
        {{Precision::kFp32, "fp32"},
         {Precision::kTf32, "tf32"},
         {Precision::kBf16, "bf16"},
         {Precision::kFp64, "fp64"}});
    field("deterministic", self.deterministic,
          "a GPU sums in a fixed order, so that the same seed gives the same bits, as it does on a "
          "CPU in any case; false: in the order in which its threads come, which may be faster");
  }
};

struct RecordOptions {
  static std::set<std::string> without_effect() {
    return {"checkpoints", "checkpoint_every", "logs"};
  }

  std::int64_t samples = 40;
  bool factors = true;
  bool gradients = false;
  KeptParameters parameters;
  bool checkpoints = true;
  CheckpointInterval checkpoint_every;
  std::vector<std::string> logs;

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
    field("logs", self.logs,
          "the course of training beside the run file as well: jsonl (.train.jsonl, a line an "
          "event), tensorboard (event files in .tensorboard/)",
          each(one_of({"jsonl", "tensorboard"})));
  }
};

}  // namespace rankwise

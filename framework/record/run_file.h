/// What a run records, as plain values: the writer takes them, the reader gives them back.
///
/// Dimensions: S training steps, E evaluations, T tasks, R ranks of a site, D width of an
/// embedding, n sampled sequences, G examples of a split, K planted directions. Arrays are
/// row-major.
#pragma once

#include "framework/core/metrics.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rankwise {

/// A task as far as a reader of run files needs it.
struct TaskRecord {
  std::string name;
  std::string family;                  // "sentiment"; may be empty
  std::string kind;                    // "classify", "regress", "choose", ...
  std::int64_t classes = 1;            // labels or candidates; 1 for a real target
  std::vector<std::string> metrics;    // the first one enters averages
  std::int64_t dev_tokens = 0;         // that every site sees in an evaluation; 0: not recorded
  std::int64_t dev_answer_tokens = 0;  // that a decoder's sites see instead; 0: there is none
  bool operator==(const TaskRecord&) const = default;
};

/// One adapted linear and which of its statistics the run records.
struct SiteRecord {
  std::string name;  // "encoder.layer.0.attention.self.query"
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t ranks = 0;     // R; 0: nothing rank-wise is recorded, but for the chosen ranks of
                              // a further seed in a summary
  bool coactivation = false;  // the choice differs from token to token
  bool balance_bias = false;
  bool selection = false;            // one chosen rank a task
  std::int64_t embedding_width = 0;  // D of the site's task embeddings; 0: none
  bool answers = false;              // sees the answers' tokens alone: in a decoder
  bool operator==(const SiteRecord&) const = default;
};

/// Tokens of the task that the site sees in an evaluation on dev; 0: not recorded.
inline std::int64_t dev_tokens(const TaskRecord& task, const SiteRecord& site) {
  return site.answers ? task.dev_answer_tokens : task.dev_tokens;
}

/// The update that a suite planted at one site, as far as it tells; empty where it does not.
struct SiteTruth {
  static constexpr std::int64_t kMaxDirections = 16;

  std::vector<std::int64_t> rank;  // [T] of each task's true update
  std::int64_t directions = 0;     // K, at most kMaxDirections
  std::vector<double> left;        // [out, K] orthonormal columns: outputs of the true updates
  std::vector<double> right;       // [in, K] orthonormal columns: inputs of the true updates
  bool operator==(const SiteTruth&) const = default;
};

/// What a suite knows of tasks that it made itself.
struct TruthRecord {
  std::vector<SiteTruth> sites;           // in the layout's order
  std::vector<std::int64_t> group;        // [T] tasks that share directions; may be empty
  std::vector<std::int64_t> input_group;  // [T] tasks whose inputs look alike; may be empty
  bool operator==(const TruthRecord&) const = default;
};

/// Everything whose number must be known before a run file can be written and read at once.
struct RunLayout {
  std::vector<TaskRecord> tasks;
  std::vector<SiteRecord> sites;
  std::optional<TruthRecord> truth = {};
  bool operator==(const RunLayout&) const = default;
};

/// One optimizer step.
struct StepRecord {
  std::int64_t step = 0;
  std::int32_t task = -1;  // index into the layout's tasks; -1: a batch of several tasks
  double loss = 0;         // task loss, before auxiliary terms
  double auxiliary = 0;    // weighted auxiliary loss
  double learning_rate = 0;
  std::int64_t tokens = 0;
  double seconds = 0;  // wall time of this step
  bool operator==(const StepRecord&) const = default;
};

/// Routing statistics of one site in one evaluation; empty where the layout says there are none.
struct SiteUsage {
  std::vector<std::uint64_t> count;           // [T, R] dev tokens of a task that chose a rank
  std::vector<double> gate_mass;              // [T, R] sum of gate values over those tokens
  std::vector<std::uint64_t> training_count;  // [T, R] training tokens since the run began
  std::vector<std::uint64_t> coactivation;    // [R, R] dev tokens that chose both ranks; empty:
                                              // not counted; the file keeps the latest
  std::vector<std::uint64_t> half_count =
      {};                                 // [T, R] those of count that every other example
                                          // made; empty: not counted; the file keeps the latest
  std::vector<double> balance_bias;       // [R]
  std::vector<std::int64_t> chosen_rank;  // [T] one-based: the number of active ranks
  std::vector<double> probability;        // [T, R]
  std::vector<double> task_embedding;     // [T, D]
  bool operator==(const SiteUsage&) const = default;
};

/// One evaluation on the dev split: scores[task][metric], and usage by the layout's site order.
struct EvaluationRecord {
  std::int64_t step = 0;
  std::map<std::string, std::map<std::string, double>> scores;
  std::vector<SiteUsage> usage;
  bool operator==(const EvaluationRecord&) const = default;
};

/// Per-example outcome of one task on one split with one choice of parameters. Of a text, the
/// prediction is the log-probability of its tokens and the label their number.
struct PredictionRecord {
  std::string task;
  std::string split;                  // "dev" or "test"
  std::string parameters;             // "last" or "best"
  std::int64_t width = 1;             // values an example; more than 1 for vector targets
  std::vector<double> prediction;     // [G * width]
  std::vector<double> label;          // [G * width]
  std::vector<std::uint8_t> correct;  // [G]; empty for real-valued targets
  std::map<std::string, double> scores;
  AnswerScores answers = {};      // of a task that is answered by likelihood; empty in a summary
  GeneratedTexts generated = {};  // where a metric reads them; empty in a summary
  std::vector<std::uint8_t> passed = {};  // [G * n] where the texts were run as programs
  /// [R] by site: rows that chose each rank while the texts were written, prompts' rows among them.
  std::map<std::string, std::vector<std::uint64_t>> generation_usage = {};
  bool operator==(const PredictionRecord&) const = default;
};

/// Which of a run's predictions.
struct PredictionPlace {
  std::string task;
  std::string split;       // "dev" or "test"
  std::string parameters;  // "last" or "best"

  auto operator<=>(const PredictionPlace&) const = default;
};

/// Representations of sampled dev sequences at one site ("pooled": the backbone's output).
struct SampleEmbedding {
  std::string site;
  std::int64_t width = 0;     // D
  std::vector<float> values;  // [n, D]
  bool operator==(const SampleEmbedding&) const = default;
};

/// The low-rank pair of one site at the end of the run.
struct FactorRecord {
  std::string site;
  std::int64_t ranks = 0, in = 0, out = 0;
  std::vector<float> a;  // [R, in]
  std::vector<float> b;  // [out, R]
  bool operator==(const FactorRecord&) const = default;
};

/// How the gradients of B's columns at one site varied together over the steps.
struct GradientRecord {
  std::string site;
  std::int64_t ranks = 0;
  std::vector<double> covariance;  // [R, R]
  bool operator==(const GradientRecord&) const = default;
};

/// Parameters by role; `active` is what one token uses.
struct ParameterCounts {
  std::int64_t total = 0, trainable = 0, active = 0, router = 0, frozen = 0, head = 0;
  bool operator==(const ParameterCounts&) const = default;
};

/// What is known when a run ends.
struct FinalRecord {
  std::vector<PredictionRecord> predictions;
  std::vector<SampleEmbedding> sample_embeddings;  // each of n rows
  std::vector<std::int32_t> sample_tasks;          // [n] index into the layout's tasks
  std::vector<FactorRecord> factors;
  std::vector<GradientRecord> gradients = {};
  ParameterCounts parameters;
};

/// What a resumed run keeps of its predecessor.
struct RunHistory {
  std::vector<StepRecord> steps;
  std::vector<EvaluationRecord> evaluations;
};

/// The name of a run file that is being written, or was left by a kill: "a.h5" -> "a.h5.partial".
std::filesystem::path partial_path(const std::filesystem::path& run_file);

/// The name of a failed run's file: "a.h5" -> "a.failed.h5".
std::filesystem::path failed_path(const std::filesystem::path& run_file);

/// Shannon entropy in nats of the distribution that counts make; NaN where they sum to zero.
double entropy(std::span<const std::uint64_t> counts);

/// The same of each row of counts [T, R].
std::vector<double> row_entropies(std::span<const std::uint64_t> counts, std::int64_t ranks);

}  // namespace rankwise

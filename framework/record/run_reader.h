/// Reads runs: finished, failed, still being written or left by a kill, or packed in a summary.
#pragma once

#include "framework/record/run_source.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// A run as it was when it was opened; open it again to see what came since. Each accessor reads
/// only what it returns. Throws Error where the file is damaged or of an unknown schema.
class RunFile {
 public:
  /// `path`: of a run file; or of a run in a summary, which is named as if its file were a folder:
  /// "results/demo/summary/s0.h5/more-s0-abc" (summary_reader.h).
  explicit RunFile(const std::filesystem::path& path);
  RunFile(RunFile&&) noexcept;
  RunFile& operator=(RunFile&&) noexcept;
  ~RunFile();

  const std::filesystem::path& path() const { return path_; }
  const nlohmann::json& attributes() const { return *head_->attributes; }  // an object
  const std::string& status() const { return head_->status; }  // "running", "finished" or "failed"
  const RunLayout& layout() const { return layout_ ? *layout_ : head_->layout; }
  /// Puts these metrics (by task) before their tasks' others, as those that enter averages, and the
  /// recorded first ones before those of all other tasks. Throws Error where a task was not scored
  /// by its metric.
  void lead_with(const std::map<std::string, std::string>& metrics);

  std::size_t step_count() const { return head_->step_count; }
  std::size_t evaluation_count() const { return head_->evaluation_count; }

  /// Closes the file, which the next accessor that needs it opens again. What stands above is kept,
  /// and so are parameters() and final_scores() that were asked for.
  void rest() { source_.reset(); }

  std::vector<StepRecord> steps() const;

  /// Evaluations with scores and the usage of every site.
  std::vector<EvaluationRecord> evaluations() const;

  /// Evaluations with scores alone (`usage` is empty): fast.
  std::vector<EvaluationRecord> scores() const { return source().scores(); }

  /// One site's usage, evaluation by evaluation. Coactivation is kept of the last one only; a
  /// summary keeps task embeddings so, too.
  std::vector<SiteUsage> usage(const std::string& site) const;

  /// Entropy in nats of each task's counts at a site: [E][T].
  std::vector<std::vector<double>> entropy(const std::string& site) const;

  /// What follows is written when a run finishes; empty (or zeros) before.
  std::vector<PredictionRecord> predictions() const;
  std::optional<PredictionRecord> prediction(const PredictionPlace& place) const;
  const std::map<std::string, double>& final_scores(
      const PredictionPlace& place) const;  // by metric
  std::vector<SampleEmbedding> sample_embeddings() const { return source().sample_embeddings(); }
  std::vector<std::int32_t> sample_tasks() const;  // [n] index into the layout's tasks
  std::vector<FactorRecord> factors() const { return source().factors(); }
  std::vector<GradientRecord> gradients() const { return source().gradients(); }
  const ParameterCounts& parameters() const;
  std::optional<MergeRecord> merge() const {  // nothing unless the file is of a merged model
    return source().merge();
  }

  /// What a run resumed at `last_step` keeps: nothing after that step.
  RunHistory history(std::int64_t last_step) const;

 private:
  const RunSource& source() const;
  const SiteRecord& site_record(const std::string& name) const;

  std::filesystem::path path_;
  std::shared_ptr<const RunHead> head_;
  std::optional<RunLayout> layout_;                  // where it differs from the recorded one
  mutable std::unique_ptr<const RunSource> source_;  // null while it rests
  mutable std::map<PredictionPlace, std::map<std::string, double>> final_scores_;
  mutable std::optional<ParameterCounts> parameters_;
};

}  // namespace rankwise

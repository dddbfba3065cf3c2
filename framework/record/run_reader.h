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
  const nlohmann::json& attributes() const { return *source_->head().attributes; }  // an object
  const std::string& status() const {  // "running", "finished" or "failed"
    return source_->head().status;
  }
  const RunLayout& layout() const { return layout_ ? *layout_ : source_->head().layout; }
  /// Puts this metric before the task's others, as the one that enters averages; a run without the
  /// task stays as it is. Throws Error where the task was not scored by it.
  void lead_with(const std::string& task, const std::string& metric);

  std::size_t step_count() const { return source_->head().step_count; }
  std::size_t evaluation_count() const { return source_->head().evaluation_count; }

  std::vector<StepRecord> steps() const;

  /// Evaluations with scores and the usage of every site.
  std::vector<EvaluationRecord> evaluations() const;

  /// Evaluations with scores alone (`usage` is empty): fast.
  std::vector<EvaluationRecord> scores() const { return source_->scores(); }

  /// One site's usage, evaluation by evaluation. Coactivation is kept of the last one only; a
  /// summary keeps task embeddings so, too.
  std::vector<SiteUsage> usage(const std::string& site) const;

  /// Entropy in nats of each task's counts at a site: [E][T].
  std::vector<std::vector<double>> entropy(const std::string& site) const;

  /// What follows is written when a run finishes; empty (or zeros) before.
  std::vector<PredictionRecord> predictions() const;
  std::optional<PredictionRecord> prediction(const PredictionPlace& place) const;
  std::map<std::string, double> final_scores(const PredictionPlace& place) const {  // by metric
    return source_->final_scores(place);
  }
  std::vector<SampleEmbedding> sample_embeddings() const { return source_->sample_embeddings(); }
  std::vector<std::int32_t> sample_tasks() const;  // [n] index into the layout's tasks
  std::vector<FactorRecord> factors() const { return source_->factors(); }
  std::vector<GradientRecord> gradients() const { return source_->gradients(); }
  ParameterCounts parameters() const { return source_->parameters(); }
  std::optional<MergeRecord> merge() const {  // nothing unless the file is of a merged model
    return source_->merge();
  }

  /// What a run resumed at `last_step` keeps: nothing after that step.
  RunHistory history(std::int64_t last_step) const;

 private:
  const SiteRecord& site_record(const std::string& name) const;

  std::filesystem::path path_;
  std::unique_ptr<const RunSource> source_;
  std::optional<RunLayout> layout_;  // where it differs from the recorded one
};

}  // namespace rankwise

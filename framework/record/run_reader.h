/// Reads run files: finished ones, failed ones, and those still being written or left by a kill.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// A run file as it was when it was opened; open it again to see what came since. Each accessor
/// reads only what it returns. Throws Error where the file is damaged or of an unknown schema.
class RunFile {
 public:
  /// `path`: of a run file, or of a run in an archive (run_archive.h).
  explicit RunFile(const std::filesystem::path& path);
  RunFile(RunFile&&) noexcept;
  RunFile& operator=(RunFile&&) noexcept;
  ~RunFile();

  const std::filesystem::path& path() const { return path_; }
  const nlohmann::json& attributes() const { return *attributes_; }  // an object
  const std::string& status() const { return status_; }  // "running", "finished" or "failed"
  const RunLayout& layout() const { return layout_; }

  std::size_t step_count() const { return step_count_; }
  std::size_t evaluation_count() const { return evaluation_count_; }

  std::vector<StepRecord> steps() const;

  /// Evaluations with scores and the usage of every site.
  std::vector<EvaluationRecord> evaluations() const;

  /// Evaluations with scores alone (`usage` is empty): fast.
  std::vector<EvaluationRecord> scores() const;

  /// One site's usage, evaluation by evaluation. Coactivation is kept of the last one only.
  std::vector<SiteUsage> usage(const std::string& site) const;

  /// Entropy in nats of each task's counts at a site: [E][T].
  std::vector<std::vector<double>> entropy(const std::string& site) const;

  /// What follows is written when a run finishes; empty (or zeros) before.
  std::vector<PredictionRecord> predictions() const;
  std::optional<PredictionRecord> prediction(const PredictionPlace& place) const;
  std::map<std::string, double> final_scores(const PredictionPlace& place) const;  // by metric
  std::vector<SampleEmbedding> sample_embeddings() const;
  std::vector<std::int32_t> sample_tasks() const;  // [n] index into the layout's tasks
  std::vector<FactorRecord> factors() const;
  std::vector<GradientRecord> gradients() const;
  ParameterCounts parameters() const;
  std::optional<MergeRecord> merge() const;  // nothing unless the file is of a merged model

  /// What a run resumed at `last_step` keeps: nothing after that step.
  RunHistory history(std::int64_t last_step) const;

 private:
  const SiteRecord& site_record(const std::string& name) const;
  std::vector<SiteUsage> read_usage(const SiteRecord& site) const;

  std::filesystem::path path_;
  hdf5::File file_;
  std::unique_ptr<const nlohmann::json> attributes_;
  std::string status_;
  RunLayout layout_;
  std::size_t step_count_ = 0;
  std::size_t evaluation_count_ = 0;
};

}  // namespace rankwise

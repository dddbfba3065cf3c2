/// Where RunFile gets what it gives: a run file, or a run's rows in a summary.
#pragma once

#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// What is read of a run as soon as it is opened.
struct RunHead {
  std::shared_ptr<const nlohmann::json> attributes;
  std::string status;
  RunLayout layout;
  std::size_t step_count = 0;
  std::size_t evaluation_count = 0;
};

/// One run; RunFile (run_reader.h) documents the parts.
class RunSource {
 public:
  RunSource() = default;
  RunSource(const RunSource&) = delete;
  RunSource& operator=(const RunSource&) = delete;
  virtual ~RunSource() = default;

  virtual std::shared_ptr<const RunHead> head() const = 0;
  virtual std::vector<StepRecord> steps() const = 0;
  virtual std::vector<EvaluationRecord> scores() const = 0;
  virtual std::vector<SiteUsage> usage(const SiteRecord& site) const = 0;
  virtual std::vector<std::vector<double>> entropy(const SiteRecord& site) const = 0;
  virtual std::vector<PredictionRecord> predictions() const = 0;
  virtual std::optional<PredictionRecord> prediction(const PredictionPlace& place) const = 0;
  virtual std::map<std::string, double> final_scores(const PredictionPlace& place) const = 0;
  virtual std::vector<SampleEmbedding> sample_embeddings() const = 0;
  virtual std::vector<std::int32_t> sample_tasks() const = 0;
  virtual std::vector<FactorRecord> factors() const = 0;
  virtual std::vector<GradientRecord> gradients() const = 0;
  virtual ParameterCounts parameters() const = 0;
  virtual std::optional<MergeRecord> merge() const = 0;
};

}  // namespace rankwise

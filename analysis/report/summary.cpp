#include "analysis/report/summary.h"

#include "analysis/measures/planted_measures.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/projection.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/temporary_folder.h"
#include "framework/record/run_archive.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {
namespace {

/// At most `count` of the records, evenly spaced, the first and the last among them.
template <class Record>
std::vector<Record> thinned(std::vector<Record> records, std::int64_t count) {
  const auto size = static_cast<std::int64_t>(records.size());
  if (size <= count) return records;
  std::vector<Record> kept;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t from_last =
        (count - 1 - i) * (size - 1) / std::max<std::int64_t>(1, count - 1);
    kept.push_back(std::move(records[size - 1 - from_last]));
  }
  return kept;
}

/// Numbers of routing statistics in one evaluation.
std::int64_t usage_size(const EvaluationRecord& evaluation) {
  std::size_t size = 0;
  for (const SiteUsage& usage : evaluation.usage) {
    size += usage.count.size() + usage.gate_mass.size() + usage.training_count.size() +
            usage.balance_bias.size() + usage.chosen_rank.size() + usage.probability.size();
  }
  return static_cast<std::int64_t>(size);
}

/// To four digits, so that they deflate.
void round_digits(std::vector<double>& values) {
  for (double& value : values) {
    if (value == 0 || !std::isfinite(value)) continue;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 3);
    value = std::round(value / unit) * unit;
  }
}

std::vector<EvaluationRecord> evaluations_of(const RunFile& file, const SummaryOptions& options) {
  std::vector<EvaluationRecord> evaluations = file.evaluations();
  if (evaluations.empty()) return evaluations;
  for (EvaluationRecord& evaluation : evaluations) {
    for (SiteUsage& usage : evaluation.usage) {
      usage.coactivation.clear();
      usage.task_embedding.clear();
      for (auto* values : {&usage.gate_mass, &usage.balance_bias, &usage.probability}) {
        round_digits(*values);
      }
    }
  }
  const std::int64_t size = std::max<std::int64_t>(1, usage_size(evaluations.front()));
  return thinned(std::move(evaluations),
                 std::clamp<std::int64_t>(options.usage / size, 1, options.evaluations));
}

SampleEmbedding coordinates_of(const SampleEmbedding& sample, std::int64_t count) {
  if (sample.width <= count) return sample;
  const auto rows = static_cast<Eigen::Index>(sample.values.size()) / sample.width;
  using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::MatrixXd points =
      Eigen::Map<const Floats>(sample.values.data(), rows, sample.width).cast<double>();
  const Floats values = pca(points, std::min<Eigen::Index>(count, rows)).scores.cast<float>();
  return {sample.site, values.cols(), {values.data(), values.data() + values.size()}};
}

FinalRecord final_record_of(const RunFile& file, const SummaryOptions& options) {
  FinalRecord record;
  record.parameters = file.parameters();
  for (PredictionRecord& prediction : file.predictions()) {
    if (prediction.split != "test") continue;
    if (prediction.width > 1) {  // its scores alone
      prediction.prediction.clear();
      prediction.label.clear();
    }
    record.predictions.push_back(std::move(prediction));
  }
  record.sample_tasks = file.sample_tasks();
  std::vector<GradientRecord> gradients = file.gradients();
  if (!gradients.empty()) record.gradients = {std::move(gradients.back())};
  for (GradientRecord& kept : record.gradients) round_digits(kept.covariance);
  for (const SampleEmbedding& sample : file.sample_embeddings()) {
    if (sample.site != "pooled") continue;
    record.sample_embeddings.push_back(coordinates_of(sample, options.coordinates));
  }
  return record;
}

void write_reduced(const RunFile& file, const std::filesystem::path& path,
                   const SummaryOptions& options) {
  nlohmann::json attributes = file.attributes();
  for (const char* own : {"format", "schema", "status", "error"}) attributes.erase(own);
  attributes[kStoredMeasures] = measure_run(file);  // some need what is left out
  attributes[kStoredTokenRanks] = ranks_of_tokens(file);
  RunLayout layout = file.layout();
  for (SiteRecord& site : layout.sites) {
    site.coactivation = false;
    site.embedding_width = 0;
  }
  if (layout.truth) {
    for (SiteTruth& site : layout.truth->sites) site = {.rank = site.rank};
  }
  RunWriter writer(path, layout, attributes);
  for (const StepRecord& step : thinned(file.steps(), options.steps)) writer.step(step);
  for (const EvaluationRecord& evaluation : evaluations_of(file, options)) {
    writer.evaluation(evaluation);
  }
  const auto merge = file.merge();
  writer.finish(final_record_of(file, options), nlohmann::json::object(),
                merge ? &*merge : nullptr);
}

}  // namespace

void write_summary(const RunSet& runs, const std::filesystem::path& archive,
                   const SummaryOptions& options) {
  const TemporaryFolder folder;
  std::map<std::string, std::filesystem::path> reduced;
  std::size_t count = 0;
  for (const RunGroup& group : runs.groups) count += group.runs.size();
  SummaryOptions of_run = options;
  of_run.usage /= static_cast<std::int64_t>(count);
  of_run.steps = std::max(options.fewest_steps, options.steps / static_cast<std::int64_t>(count));
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) {
      const std::string name = archived_name(run.path);
      const auto path = folder.path() / (name + ".h5");
      write_reduced(RunFile(run.path), path, of_run);
      check(reduced.emplace(name, path).second, "two runs are called {}", name);
    }
  }
  write_archive(archive, reduced);
}

}  // namespace rankwise::analysis

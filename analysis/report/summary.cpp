#include "analysis/report/summary.h"

#include "analysis/measures/embedding_points.h"
#include "analysis/measures/planted_measures.h"
#include "analysis/measures/usage_divergence.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/projection.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/record/summary_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// A run and its place among the seeds of its label.
struct Ranked {
  const Run* run = nullptr;
  std::int64_t place = 0;
};

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

nlohmann::json attributes_of(const RunFile& file) {
  nlohmann::json attributes = file.attributes();
  for (const char* own : {"format", "schema", "status"}) attributes.erase(own);
  attributes[kStoredMeasures] = measure_run(file);  // some need what is left out
  if (!attributes.contains(kStoredTokenRanks)) {
    attributes[kStoredTokenRanks] = ranks_of_tokens(file);
  }
  if (auto halves = half_divergences(file); !halves.empty()) attributes[kStoredHalves] = halves;
  return attributes;
}

/// Without what the summary leaves out. `usage`: whether it keeps more than chosen ranks.
RunLayout layout_of(const RunFile& file, bool usage) {
  RunLayout layout = file.layout();
  const std::string embedded = last_embedding_site(file);  // the one that figure clusters draws
  for (SiteRecord& site : layout.sites) {
    site.coactivation = false;
    if (!usage || site.name != embedded) site.embedding_width = 0;
    if (usage) continue;
    site.ranks = 0;
    site.balance_bias = false;
  }
  if (layout.truth) {
    for (SiteTruth& site : layout.truth->sites) site = {.rank = site.rank};
  }
  return layout;
}

/// To four decimal digits, so that they deflate.
void round_digits(std::vector<double>& values) {
  for (double& value : values) {
    if (value == 0 || !std::isfinite(value)) continue;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 3);
    value = std::round(value / unit) * unit;
  }
}

/// The gradients of the last site, by name, alone.
std::vector<GradientRecord> last_gradients(const RunFile& file) {
  std::vector<GradientRecord> gradients = file.gradients();
  if (gradients.size() > 1) gradients.erase(gradients.begin(), gradients.end() - 1);
  for (GradientRecord& kept : gradients) round_digits(kept.covariance);
  return gradients;
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

/// `samples`: whether sampled representations are kept.
FinalRecord final_record_of(const RunFile& file, bool samples, const SummaryOptions& options) {
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
  record.gradients = last_gradients(file);
  if (!samples) return record;
  for (const SampleEmbedding& sample : file.sample_embeddings()) {
    if (sample.site != "pooled") continue;
    record.sample_embeddings.push_back(coordinates_of(sample, options.coordinates));
    record.sample_tasks = file.sample_tasks();
  }
  return record;
}

SummaryRun reduced(const Ranked& ranked, const SummaryOptions& options) {
  const RunFile file(ranked.run->path);
  return {.name = run_name(file.path()),
          .attributes = attributes_of(file),
          .layout = layout_of(file, ranked.place < options.usage_seeds),
          .steps = thinned(file.steps(), options.steps),
          .evaluations = thinned(file.evaluations(), options.evaluations),
          .final = final_record_of(file, ranked.place < options.sample_seeds, options),
          .merge = file.merge()};
}

fs::path file_of_seed(const fs::path& folder, std::int64_t seed) {
  return folder / fmt::format("s{}.h5", seed);
}

/// Removes what an earlier summary of other runs left.
void remove_others(const fs::path& folder, const std::vector<fs::path>& files) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const bool written = std::find(files.begin(), files.end(), entry.path()) != files.end();
    if (!written && is_summary_file(entry.path())) fs::remove(entry.path());
  }
}

}  // namespace

std::vector<fs::path> write_summary(const RunSet& runs, const fs::path& folder,
                                    const SummaryOptions& options) {
  check(!fs::is_regular_file(folder), "{}: is a file; a summary is a folder of files, one per seed",
        folder.string());
  std::map<std::int64_t, std::vector<Ranked>> seeds;
  for (const RunGroup& group : runs.groups) {
    for (std::size_t i = 0; i < group.runs.size(); ++i) {
      seeds[group.runs[i].seed].push_back({&group.runs[i], static_cast<std::int64_t>(i)});
    }
  }
  std::vector<fs::path> files;
  for (const auto& [seed, of_seed] : seeds) {
    std::vector<SummaryRun> reduced_runs;
    for (const Ranked& ranked : of_seed) reduced_runs.push_back(reduced(ranked, options));
    files.push_back(file_of_seed(folder, seed));
    write_summary_file(files.back(), reduced_runs);
  }
  remove_others(folder, files);
  return files;
}

}  // namespace rankwise::analysis

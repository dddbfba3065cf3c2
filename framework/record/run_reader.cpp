#include "framework/record/run_reader.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/json_attributes.h"
#include "framework/record/final_record.h"
#include "framework/record/run_archive.h"
#include "framework/record/run_columns.h"
#include "framework/record/run_layout.h"

#include <algorithm>

namespace rankwise {
namespace {

using nlohmann::json;

template <class T>
std::vector<T> read_rows(const hdf5::File& file, const schema::Slot& slot, std::size_t count) {
  return schema::open(file, slot).read_rows<T>(0, count);
}

void check_schema(const hdf5::File& file) {
  check(file.has_attribute("/", "format") && file.has_attribute("/", "schema") &&
            file.attribute<std::string>("/", "format") == schema::kFormat,
        "{}: is not a run file", file.name());
  const auto version = file.attribute<std::int64_t>("/", "schema");
  check(version >= schema::kOldestReadable && version <= schema::kVersion,
        "{}: written by schema {}, this program reads {} to {}", file.name(), version,
        schema::kOldestReadable, schema::kVersion);
}

/// Row `index` of `count` rows that lie one after another.
template <class T>
std::vector<T> row(const std::vector<T>& values, std::size_t index, std::size_t count) {
  const std::size_t size = values.size() / count;
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * size);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

RunFile::RunFile(const std::filesystem::path& path) : path_(path), file_(open_run_file(path)) {
  check_schema(file_);
  attributes_ = std::make_unique<const json>(read_json_attributes(file_, "/"));
  status_ = file_.attribute<std::string>("/", "status");
  layout_ = read_layout(file_);
  step_count_ = file_.dataset("/train/step").rows();
  evaluation_count_ = file_.dataset("/evaluation/step").rows();
}

RunFile::RunFile(RunFile&&) noexcept = default;
RunFile& RunFile::operator=(RunFile&&) noexcept = default;
RunFile::~RunFile() = default;

const SiteRecord& RunFile::site_record(const std::string& name) const {
  const auto found = std::find_if(layout_.sites.begin(), layout_.sites.end(),
                                  [&](const SiteRecord& site) { return site.name == name; });
  check(found != layout_.sites.end(), "{}: has no site '{}'", path_.string(), name);
  return *found;
}

std::vector<StepRecord> RunFile::steps() const {
  std::vector<StepRecord> records(step_count_);
  const auto read = [&](const char* path, auto field) {
    using T = std::decay_t<decltype(records.front().*field)>;
    const auto values = read_rows<T>(file_, schema::slot(path), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) records[i].*field = values[i];
  };
  read("/train/step", &StepRecord::step);
  for_each_step_column(read);
  return records;
}

std::vector<EvaluationRecord> RunFile::scores() const {
  std::vector<EvaluationRecord> records(evaluation_count_);
  const auto steps =
      read_rows<std::int64_t>(file_, schema::slot("/evaluation/step"), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) records[i].step = steps[i];
  for (const TaskRecord& task : layout_.tasks) {
    for (const std::string& metric : task.metrics) {
      const auto values = read_rows<double>(file_, score_slot(task.name, metric), records.size());
      for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].scores[task.name][metric] = values[i];
      }
    }
  }
  return records;
}

std::vector<SiteUsage> RunFile::usage(const std::string& site) const {
  return read_usage(site_record(site));
}

std::vector<SiteUsage> RunFile::read_usage(const SiteRecord& site) const {
  std::vector<SiteUsage> usages(evaluation_count_);
  if (usages.empty()) return usages;
  const std::size_t tasks = layout_.tasks.size();
  for_each_usage_array(site, [&](const char* pattern, auto field) {
    using T = typename std::decay_t<decltype(usages.front().*field)>::value_type;
    const auto values = read_rows<T>(file_, site_slot(pattern, site, tasks), usages.size());
    for (std::size_t i = 0; i < usages.size(); ++i) {
      usages[i].*field = row(values, i, usages.size());
    }
  });
  if (site.coactivation) {
    usages.back().coactivation =
        schema::open(file_, site_slot("/usage/<site>/coactivation", site, tasks))
            .read<std::uint64_t>();
  }
  return usages;
}

std::vector<EvaluationRecord> RunFile::evaluations() const {
  std::vector<EvaluationRecord> records = scores();
  for (EvaluationRecord& record : records) record.usage.reserve(layout_.sites.size());
  for (const SiteRecord& site : layout_.sites) {
    std::vector<SiteUsage> usages = read_usage(site);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].usage.push_back(std::move(usages[i]));
    }
  }
  return records;
}

std::vector<std::vector<double>> RunFile::entropy(const std::string& site) const {
  std::vector<std::vector<double>> entropies(evaluation_count_);
  const SiteRecord& record = site_record(site);
  if (record.ranks == 0) return entropies;
  const auto values = read_rows<double>(
      file_, site_slot("/usage/<site>/entropy", record, layout_.tasks.size()), evaluation_count_);
  for (std::size_t i = 0; i < entropies.size(); ++i) {
    entropies[i] = row(values, i, entropies.size());
  }
  return entropies;
}

std::vector<PredictionRecord> RunFile::predictions() const {
  return read_predictions(file_, layout_.tasks);
}

std::optional<PredictionRecord> RunFile::prediction(const PredictionPlace& place) const {
  return find_prediction(file_, place);
}

std::map<std::string, double> RunFile::final_scores(const PredictionPlace& place) const {
  return read_final_scores(file_, place);
}

std::vector<SampleEmbedding> RunFile::sample_embeddings() const {
  return read_sample_embeddings(file_);
}

std::vector<std::int32_t> RunFile::sample_tasks() const { return read_sample_tasks(file_); }
std::vector<FactorRecord> RunFile::factors() const { return read_factors(file_); }
std::vector<GradientRecord> RunFile::gradients() const { return read_gradients(file_); }
ParameterCounts RunFile::parameters() const { return read_parameters(file_); }
std::optional<MergeRecord> RunFile::merge() const { return read_merge(file_, layout_); }

RunHistory RunFile::history(std::int64_t last_step) const {
  const auto later = [&](const auto& record) { return record.step > last_step; };
  RunHistory history{steps(), evaluations()};
  std::erase_if(history.steps, later);
  std::erase_if(history.evaluations, later);
  return history;
}

}  // namespace rankwise

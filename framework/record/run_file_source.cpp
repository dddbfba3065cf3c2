#include "framework/record/run_file_source.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/hdf5.h"
#include "framework/io/json_attributes.h"
#include "framework/record/final_record.h"
#include "framework/record/run_columns.h"
#include "framework/record/run_layout.h"
#include "framework/record/schema.h"

#include <type_traits>
#include <utility>

namespace rankwise {
namespace {

using nlohmann::json;

template <class T>
std::vector<T> read_rows(const hdf5::File& file, const schema::Slot& slot, std::size_t count) {
  return schema::open(file, slot).read_rows<T>(0, count);
}

/// Row `index` of `count` rows that lie one after another.
template <class T>
std::vector<T> row(const std::vector<T>& values, std::size_t index, std::size_t count) {
  const std::size_t size = values.size() / count;
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * size);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
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

std::shared_ptr<const RunHead> read_head(const hdf5::File& file) {
  check_schema(file);
  return std::make_shared<RunHead>(
      RunHead{.attributes = std::make_shared<const json>(read_json_attributes(file, "/")),
              .status = file.attribute<std::string>("/", "status"),
              .layout = read_layout(file),
              .step_count = file.dataset("/train/step").rows(),
              .evaluation_count = file.dataset("/evaluation/step").rows()});
}

/// A path may lead to another run's file by now.
void check_same_run(const hdf5::File& file, const RunHead& known) {
  for (const char* name : {"config_hash", "created"}) {
    const auto found = known.attributes->find(name);
    check(found == known.attributes->end() ||
              (file.has_attribute("/", name) &&
               file.attribute<std::string>("/", name) == found->get<std::string>()),
          "{}: another file took its place while it was read; give the command again", file.name());
  }
}

class RunFileSource : public RunSource {
 public:
  RunFileSource(const std::filesystem::path& path, std::shared_ptr<const RunHead> known)
      : file_(hdf5::File::open(path)) {
    if (known) check_same_run(file_, *known);
    head_ = known ? std::move(known) : read_head(file_);
  }

  std::shared_ptr<const RunHead> head() const override { return head_; }
  std::vector<StepRecord> steps() const override;
  std::vector<EvaluationRecord> scores() const override;
  std::vector<SiteUsage> usage(const SiteRecord& site) const override;
  std::vector<std::vector<double>> entropy(const SiteRecord& site) const override;
  std::vector<PredictionRecord> predictions() const override {
    return read_predictions(file_, head_->layout.tasks);
  }
  std::optional<PredictionRecord> prediction(const PredictionPlace& place) const override {
    return find_prediction(file_, place);
  }
  std::map<std::string, double> final_scores(const PredictionPlace& place) const override {
    return read_final_scores(file_, place);
  }
  std::vector<SampleEmbedding> sample_embeddings() const override {
    return read_sample_embeddings(file_);
  }
  std::vector<std::int32_t> sample_tasks() const override { return read_sample_tasks(file_); }
  std::vector<FactorRecord> factors() const override { return read_factors(file_); }
  std::vector<GradientRecord> gradients() const override { return read_gradients(file_); }
  ParameterCounts parameters() const override { return read_parameters(file_); }
  std::optional<MergeRecord> merge() const override { return read_merge(file_, head_->layout); }

 private:
  hdf5::File file_;
  std::shared_ptr<const RunHead> head_;
};

std::vector<StepRecord> RunFileSource::steps() const {
  std::vector<StepRecord> records(head_->step_count);
  const auto read = [&](const char* path, auto field) {
    using T = std::decay_t<decltype(records.front().*field)>;
    const auto values = read_rows<T>(file_, schema::slot(path), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) records[i].*field = values[i];
  };
  read("/train/step", &StepRecord::step);
  for_each_step_column(read);
  return records;
}

std::vector<EvaluationRecord> RunFileSource::scores() const {
  std::vector<EvaluationRecord> records(head_->evaluation_count);
  const auto steps =
      read_rows<std::int64_t>(file_, schema::slot("/evaluation/step"), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) records[i].step = steps[i];
  for (const TaskRecord& task : head_->layout.tasks) {
    for (const std::string& metric : task.metrics) {
      const auto values = read_rows<double>(file_, score_slot(task.name, metric), records.size());
      for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].scores[task.name][metric] = values[i];
      }
    }
  }
  return records;
}

std::vector<SiteUsage> RunFileSource::usage(const SiteRecord& site) const {
  std::vector<SiteUsage> usages(head_->evaluation_count);
  if (usages.empty()) return usages;
  const std::size_t tasks = head_->layout.tasks.size();
  for_each_usage_array(site, [&](const char* pattern, auto field) {
    using T = std::decay_t<decltype((usages.front().*field)[0])>;
    const auto values = read_rows<T>(file_, site_slot(pattern, site, tasks), usages.size());
    for (std::size_t i = 0; i < usages.size(); ++i) {
      usages[i].*field = row(values, i, usages.size());
    }
  });
  if (site.coactivation) {
    usages.back().coactivation =
        schema::open(file_, site_slot("/usage/<site>/coactivation", site, tasks))
            .read<std::uint64_t>();
    const schema::Slot half = site_slot("/usage/<site>/half_count", site, tasks);
    if (file_.exists(half.path)) {
      usages.back().half_count = schema::open(file_, half).read<std::uint64_t>();
    }
  }
  return usages;
}

std::vector<std::vector<double>> RunFileSource::entropy(const SiteRecord& site) const {
  std::vector<std::vector<double>> entropies(head_->evaluation_count);
  if (site.ranks == 0) return entropies;
  const auto values =
      read_rows<double>(file_, site_slot("/usage/<site>/entropy", site, head_->layout.tasks.size()),
                        head_->evaluation_count);
  for (std::size_t i = 0; i < entropies.size(); ++i) {
    entropies[i] = row(values, i, entropies.size());
  }
  return entropies;
}

}  // namespace

std::unique_ptr<RunSource> open_run_file(const std::filesystem::path& path,
                                         std::shared_ptr<const RunHead> known) {
  return std::make_unique<RunFileSource>(path, std::move(known));
}

}  // namespace rankwise

#include "framework/record/summary_reader.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/io/hdf5.h"
#include "framework/record/run_columns.h"
#include "framework/record/summary_end.h"
#include "framework/record/summary_layout.h"
#include "framework/record/summary_row.h"
#include "framework/record/summary_schema.h"
#include "framework/record/summary_scores.h"
#include "framework/record/summary_usage.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kName = "/run/name";

bool has_format(const hdf5::File& file) {
  return file.has_attribute("/", "format") &&
         file.attribute("/", "format") == hdf5::Attribute(std::string(schema::kSummaryFormat));
}

hdf5::File open_summary(const fs::path& path) {
  hdf5::File file = hdf5::File::open(path);
  check(has_format(file), "{}: is not a summary; rankwise summary makes such files", file.name());
  const auto version = file.attribute<std::int64_t>("/", "schema");
  check(version == schema::kSummaryVersion, "{}: a summary of schema {}, this program reads {}",
        file.name(), version, schema::kSummaryVersion);
  return file;
}

/// A column over the file's runs. Throws Error where it has no row for each of them.
hdf5::Dataset column(const hdf5::File& file, const char* pattern) {
  const std::uint64_t runs = file.dataset(schema::summary_path(kName)).rows();
  hdf5::Dataset dataset = file.dataset(schema::summary_path(pattern));
  check(schema::fits_summary(pattern, dataset.shape()) && dataset.rows() == runs,
        "{}: {} has shape {}, which does not fit {} runs; write the summary anew", file.name(),
        pattern, hdf5::to_string(dataset.shape()), runs);
  return dataset;
}

std::vector<std::string> names_of(const hdf5::File& file) {
  return column(file, kName).read_strings();
}

std::uint64_t index_of(const hdf5::File& file, const std::string& name) {
  const std::vector<std::string> names = names_of(file);
  const auto found = std::find(names.begin(), names.end(), name);
  check(found != names.end(), "{}: has no run '{}'", file.name(), name);
  return static_cast<std::uint64_t>(found - names.begin());
}

std::vector<double> numbers_at(const hdf5::File& file, const char* pattern, std::uint64_t run) {
  return column(file, pattern).convert_rows<double>(run, 1);
}

/// Where a run's rows are; `run`: its index in the file.
SummaryRow row_of(const hdf5::File& file, std::uint64_t run) {
  const auto set = static_cast<std::int64_t>(numbers_at(file, "/run/set", run).at(0));
  return {file, std::to_string(set),
          static_cast<std::uint64_t>(numbers_at(file, "/run/row", run).at(0))};
}

std::shared_ptr<const RunHead> read_head(const hdf5::File& file, std::uint64_t run,
                                         const SummaryRow& row) {
  const std::string text = column(file, "/run/attributes").read_strings().at(run);
  const std::string place = fmt::format("{}: /run/attributes of run {}", file.name(), run);
  json attributes = parse_json(text, place);
  check(attributes.is_object(), "{}: is no JSON object", place);
  return std::make_shared<RunHead>(
      RunHead{.attributes = std::make_shared<const json>(std::move(attributes)),
              .status = "finished",
              .layout = read_summary_layout(row),
              .step_count = summary_steps(row),
              .evaluation_count = summary_evaluations(row)});
}

class SummarySource : public RunSource {
 public:
  SummarySource(const fs::path& path, std::shared_ptr<const RunHead> known)
      : file_(open_summary(path.parent_path())),
        run_(index_of(file_, path.filename().string())),
        row_(row_of(file_, run_)),
        head_(known ? std::move(known) : read_head(file_, run_, row_)),
        usage_(row_, head_->layout.tasks.size(), head_->evaluation_count) {}

  std::shared_ptr<const RunHead> head() const override { return head_; }
  std::vector<StepRecord> steps() const override { return read_summary_steps(row_); }
  std::vector<EvaluationRecord> scores() const override { return read_summary_evaluations(row_); }
  std::vector<SiteUsage> usage(const SiteRecord& site) const override {
    return usage_.site(site, index_of_site(site));
  }
  std::vector<std::vector<double>> entropy(const SiteRecord& site) const override;
  std::vector<PredictionRecord> predictions() const override {
    return read_summary_predictions(row_, head_->layout);
  }
  std::optional<PredictionRecord> prediction(const PredictionPlace& place) const override {
    return read_summary_prediction(row_, head_->layout, place);
  }
  std::map<std::string, double> final_scores(const PredictionPlace& place) const override {
    return read_summary_scores(row_, place);
  }
  std::vector<SampleEmbedding> sample_embeddings() const override {
    return read_summary_samples(row_);
  }
  std::vector<std::int32_t> sample_tasks() const override {
    return read_summary_sample_tasks(row_);
  }
  std::vector<FactorRecord> factors() const override { return {}; }
  std::vector<GradientRecord> gradients() const override { return read_summary_gradients(row_); }
  ParameterCounts parameters() const override;
  std::optional<MergeRecord> merge() const override { return read_summary_merge(row_); }

 private:
  std::size_t index_of_site(const SiteRecord& site) const {
    const auto& sites = head_->layout.sites;
    return static_cast<std::size_t>(
        std::find_if(sites.begin(), sites.end(),
                     [&](const SiteRecord& known) { return known.name == site.name; }) -
        sites.begin());
  }

  hdf5::File file_;
  std::uint64_t run_;
  SummaryRow row_;
  std::shared_ptr<const RunHead> head_;
  SummaryUsage usage_;
};

std::vector<std::vector<double>> SummarySource::entropy(const SiteRecord& site) const {
  std::vector<std::vector<double>> entropies;
  for (const SiteUsage& usage : this->usage(site)) {
    entropies.push_back(row_entropies(usage.count, site.ranks));
  }
  return entropies;
}

ParameterCounts SummarySource::parameters() const {
  const std::vector<double> values = numbers_at(file_, "/run/parameters", run_);
  ParameterCounts counts;
  std::size_t next = 0;
  for_each_parameter_count([&](const char*, auto field) {
    counts.*field = static_cast<std::int64_t>(values.at(next++));
  });
  return counts;
}

}  // namespace

bool is_summary_file(const fs::path& path) {
  try {
    return fs::is_regular_file(path) && has_format(hdf5::File::open(path));
  } catch (const Error&) {  // what is wrong with it is said when it is read
    return false;
  }
}

std::vector<fs::path> summary_runs(const fs::path& summary) {
  std::set<fs::path> files{summary};
  if (fs::is_directory(summary)) {
    files.clear();
    for (const auto& entry : fs::directory_iterator(summary)) {
      const fs::path& file = entry.path();
      if (file.extension() != ".h5" || !entry.is_regular_file()) continue;
      if (has_format(hdf5::File::open(file))) files.insert(file);
    }
    check(!files.empty(), "{}: holds no summary; rankwise summary makes one", summary.string());
  }
  std::vector<fs::path> runs;
  for (const fs::path& file : files) {
    for (const std::string& name : names_of(open_summary(file))) runs.push_back(file / name);
  }
  return runs;
}

std::string run_name(const fs::path& run) {
  const std::string name = run.filename().string();
  return name.ends_with(".h5") ? name.substr(0, name.size() - 3) : name;
}

bool is_in_summary(const fs::path& run) { return fs::is_regular_file(run.parent_path()); }

std::unique_ptr<RunSource> open_summary_run(const fs::path& run,
                                            std::shared_ptr<const RunHead> known) {
  return std::make_unique<SummarySource>(run, std::move(known));
}

}  // namespace rankwise

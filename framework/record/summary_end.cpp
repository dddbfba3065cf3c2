#include "framework/record/summary_end.h"

#include "framework/core/error.h"
#include "framework/record/summary_columns.h"
#include "framework/record/summary_numbers.h"

#include <algorithm>
#include <utility>

namespace rankwise {
namespace {

constexpr const char* kSample = "/set/<set>/embedding/<site>/sample";
constexpr const char* kSetSampleTask = "/set/<set>/embedding/sample_task";
constexpr const char* kCovariance = "/set/<set>/gradient/<site>/covariance";
constexpr const char* kMergedModels = "models";

std::string merge_group(const std::string& set) { return "/set/" + set + "/merge"; }

/// Rows of as many runs, each filled by values_of(run) and rounded to float32 unless exact.
template <class ValuesOf>
void write_rows(hdf5::File& file, const std::string& path, const SummarySet& set,
                const hdf5::Shape& row, bool exact, const ValuesOf& values_of) {
  RunRows rows(set.runs.size(), row);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    const auto& values = values_of(*set.runs[i]);
    check(values.size() == rows[i].size(), "{}: {} has {} values of a run, expected {}",
          file.name(), path, values.size(), hdf5::to_string(row));
    std::transform(values.begin(), values.end(), rows[i].begin(), [&](auto value) {
      return exact ? static_cast<double>(value) : rounded(static_cast<double>(value));
    });
  }
  rows.write(file, path);
}

void write_samples(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  const FinalRecord& first = set.runs.front()->final;
  const std::size_t count = first.sample_tasks.size();
  if (count == 0) return;
  write_rows(
      file, schema::summary_path(kSetSampleTask, names), set, {count}, true,
      [](const SummaryRun& run) -> const auto& { return run.final.sample_tasks; });
  for (std::size_t k = 0; k < first.sample_embeddings.size(); ++k) {
    const SampleEmbedding& sample = first.sample_embeddings[k];
    schema::Names of_site = names;
    of_site["site"] = sample.site;
    write_rows(
        file, schema::summary_path(kSample, of_site), set,
        {count, static_cast<std::uint64_t>(sample.width)},
        false, [k](const SummaryRun& run) -> const auto& {
          return run.final.sample_embeddings[k].values;
        });
  }
}

void write_gradients(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  const auto& gradients = set.runs.front()->final.gradients;
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    schema::Names of_site = names;
    of_site["site"] = gradients[k].site;
    const auto ranks = static_cast<std::uint64_t>(gradients[k].ranks);
    write_rows(
        file, schema::summary_path(kCovariance, of_site), set, {ranks, ranks},
        true, [k](const SummaryRun& run) -> const auto& {
          return run.final.gradients[k].covariance;
        });
  }
}

void write_merge(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  if (!set.runs.front()->merge) return;
  const MergeRecord& first = *set.runs.front()->merge;
  const std::size_t tasks = set.layout().tasks.size(), sites = set.layout().sites.size();
  const auto models = static_cast<std::uint64_t>(first.models);
  for_each_merge_column([&](const char* pattern, auto field, bool exact) {
    if ((first.*field).empty()) return;
    hdf5::Shape row{exact ? tasks : sites};
    if ((first.*field).size() == sites * models * models && !exact) row = {sites, models, models};
    write_rows(
        file, schema::summary_path(pattern, names), set, row,
        exact, [field](const SummaryRun& run) -> const auto& { return (*run.merge).*field; });
  });
  file.set_attribute(merge_group(names.at("set")), kMergedModels, first.models);
}

}  // namespace

void write_summary_end(hdf5::File& file, const std::string& name, const SummarySet& set) {
  const schema::Names names{{"set", name}};
  write_samples(file, names, set);
  write_gradients(file, names, set);
  write_merge(file, names, set);
}

std::vector<SampleEmbedding> read_summary_samples(const SummaryRow& row) {
  std::vector<SampleEmbedding> samples;
  for (const std::string& site : row.children("embedding")) {
    const schema::Names names{{"site", site}};
    if (row.path(kSample, names).starts_with(row.path(kSetSampleTask) + "/") ||
        !row.has(kSample, names)) {
      continue;
    }
    const std::vector<double> values = row.numbers(kSample, names);
    row.check_fit(row.shape(kSample, names).size() == 2, kSample, names);
    samples.push_back({site,
                       static_cast<std::int64_t>(row.shape(kSample, names).back()),
                       {values.begin(), values.end()}});
  }
  return samples;
}

std::vector<std::int32_t> read_summary_sample_tasks(const SummaryRow& row) {
  const std::vector<double> tasks = row.numbers(kSetSampleTask);
  return {tasks.begin(), tasks.end()};
}

std::vector<GradientRecord> read_summary_gradients(const SummaryRow& row) {
  std::vector<GradientRecord> gradients;
  for (const std::string& site : row.children("gradient")) {
    const schema::Names names{{"site", site}};
    const hdf5::Shape shape = row.shape(kCovariance, names);
    row.check_fit(shape.size() == 2 && shape[0] == shape[1], kCovariance, names);
    gradients.push_back(
        {site, static_cast<std::int64_t>(shape[0]), row.numbers(kCovariance, names)});
  }
  return gradients;
}

std::optional<MergeRecord> read_summary_merge(const SummaryRow& row) {
  const std::string before = row.path("/set/<set>/merge/before");
  const std::string group = before.substr(0, before.rfind('/'));
  if (!row.file().exists(group)) return std::nullopt;
  MergeRecord record;
  record.models = row.file().attribute<std::int64_t>(group, kMergedModels);
  for_each_merge_column(
      [&](const char* pattern, auto field, bool) { record.*field = row.numbers(pattern); });
  return record;
}

}  // namespace rankwise

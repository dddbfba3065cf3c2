#include "framework/record/run_reader.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/record/record_checks.h"
#include "framework/record/run_file_source.h"
#include "framework/record/summary_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace rankwise {

RunFile::RunFile(const std::filesystem::path& path) : path_(path) { head_ = source().head(); }

RunFile::RunFile(RunFile&&) noexcept = default;
RunFile& RunFile::operator=(RunFile&&) noexcept = default;
RunFile::~RunFile() = default;

const RunSource& RunFile::source() const {
  if (!source_) {
    source_ = is_in_summary(path_) ? open_summary_run(path_, head_) : open_run_file(path_, head_);
  }
  return *source_;
}

const std::map<std::string, double>& RunFile::final_scores(const PredictionPlace& place) const {
  auto found = final_scores_.find(place);
  if (found == final_scores_.end()) {
    found = final_scores_.emplace(place, source().final_scores(place)).first;
  }
  return found->second;
}

const ParameterCounts& RunFile::parameters() const {
  if (!parameters_) parameters_ = source().parameters();
  return *parameters_;
}

void RunFile::lead_with(const std::map<std::string, std::string>& metrics) {
  layout_.reset();
  if (metrics.empty()) return;
  RunLayout changed = head_->layout;
  for (TaskRecord& record : changed.tasks) {
    const auto wanted = metrics.find(record.name);
    if (wanted == metrics.end()) continue;
    const auto found = std::find(record.metrics.begin(), record.metrics.end(), wanted->second);
    check(found != record.metrics.end(), "{}: {} was scored by {}, not by {}", path_.string(),
          record.name, fmt::join(record.metrics, ", "), wanted->second);
    std::rotate(record.metrics.begin(), found, found + 1);
  }
  layout_ = std::move(changed);
}

const SiteRecord& RunFile::site_record(const std::string& name) const {
  const auto& sites = layout().sites;
  const auto found = std::find_if(sites.begin(), sites.end(),
                                  [&](const SiteRecord& site) { return site.name == name; });
  check(found != sites.end(), "{}: has no site '{}'", path_.string(), name);
  return *found;
}

std::vector<StepRecord> RunFile::steps() const {
  std::vector<StepRecord> records = source().steps();
  check_steps(records, layout().tasks.size(), path_.string());
  return records;
}

std::vector<PredictionRecord> RunFile::predictions() const {
  std::vector<PredictionRecord> records = source().predictions();
  for (const PredictionRecord& record : records) check_prediction(record, path_.string());
  return records;
}

std::optional<PredictionRecord> RunFile::prediction(const PredictionPlace& place) const {
  std::optional<PredictionRecord> record = source().prediction(place);
  if (record) check_prediction(*record, path_.string());
  return record;
}

std::vector<std::int32_t> RunFile::sample_tasks() const {
  std::vector<std::int32_t> tasks = source().sample_tasks();
  check_sample_tasks(tasks, layout().tasks.size(), path_.string());
  return tasks;
}

std::vector<SiteUsage> RunFile::usage(const std::string& site) const {
  return source().usage(site_record(site));
}

std::vector<std::vector<double>> RunFile::entropy(const std::string& site) const {
  return source().entropy(site_record(site));
}

std::vector<EvaluationRecord> RunFile::evaluations() const {
  std::vector<EvaluationRecord> records = scores();
  for (EvaluationRecord& record : records) record.usage.reserve(layout().sites.size());
  for (const SiteRecord& site : layout().sites) {
    std::vector<SiteUsage> usages = source().usage(site);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].usage.push_back(std::move(usages[i]));
    }
  }
  return records;
}

RunHistory RunFile::history(std::int64_t last_step) const {
  const auto later = [&](const auto& record) { return record.step > last_step; };
  RunHistory history{steps(), evaluations()};
  std::erase_if(history.steps, later);
  std::erase_if(history.evaluations, later);
  return history;
}

}  // namespace rankwise

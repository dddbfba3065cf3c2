#include "framework/record/run_layout.h"

#include "framework/core/error.h"
#include "framework/record/run_truth.h"
#include "framework/record/schema.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace rankwise {
namespace {

/// Names become parts of paths beside others of the file's own.
void check_name(const char* what, const std::string& name, const std::set<std::string>& reserved) {
  check(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
            reserved.count(name) == 0,
        "{} '{}' cannot be called so in a run file; a name is not empty, has no slash, and is none "
        "of: ., .., {}",
        what, name, fmt::join(reserved, ", "));
}

void check_task(const TaskRecord& task) {
  check_name("task", task.name, {"score", "step"});
  for (const std::string& metric : task.metrics) {
    check_name("metric", metric, {});
    check(metric.find(',') == std::string::npos, "metric '{}' has a comma in its name", metric);
  }
}

void check_site(const SiteRecord& site) {
  check_name("site", site.name, {"pooled", "sample_task"});
  const bool ranked = site.coactivation || site.balance_bias || site.selection;
  check(site.ranks > 0 || (site.ranks == 0 && !ranked),
        "site '{}' has {} ranks but records what each rank does", site.name, site.ranks);
  check(site.embedding_width >= 0, "site '{}' has task embeddings of width {}", site.name,
        site.embedding_width);
}

constexpr const char* kDevTokens = "/layout/task/dev_tokens";
constexpr const char* kDevAnswerTokens = "/layout/task/dev_answer_tokens";
constexpr const char* kAnswers = "/layout/site/answers";

/// Calls visit(dataset, field) for each field that is stored as it is.
template <class Visit>
void for_each_task_field(const Visit& visit) {
  visit("/layout/task/name", &TaskRecord::name);
  visit("/layout/task/family", &TaskRecord::family);
  visit("/layout/task/kind", &TaskRecord::kind);
  visit("/layout/task/classes", &TaskRecord::classes);
  visit(kDevTokens, &TaskRecord::dev_tokens);
}

template <class Visit>
void for_each_site_field(const Visit& visit) {
  visit("/layout/site/name", &SiteRecord::name);
  visit("/layout/site/in", &SiteRecord::in);
  visit("/layout/site/out", &SiteRecord::out);
  visit("/layout/site/ranks", &SiteRecord::ranks);
  visit("/layout/site/coactivation", &SiteRecord::coactivation);
  visit("/layout/site/balance_bias", &SiteRecord::balance_bias);
  visit("/layout/site/selection", &SiteRecord::selection);
  visit("/layout/site/embedding_width", &SiteRecord::embedding_width);
}

schema::Slot column_slot(const char* pattern, std::size_t rows) {
  return schema::slot(pattern, {}, {{"T", rows}, {"L", rows}});
}

void write_values(hdf5::Dataset dataset, const std::vector<std::string>& values) {
  dataset.write_strings(values);
}

void write_values(hdf5::Dataset dataset, const std::vector<std::int64_t>& values) {
  dataset.write(values);
}

void write_values(hdf5::Dataset dataset, const std::vector<bool>& values) {
  dataset.write(std::vector<std::uint8_t>(values.begin(), values.end()));
}

void read_values(const hdf5::Dataset& dataset, std::vector<std::string>& values) {
  values = dataset.read_strings();
}

void read_values(const hdf5::Dataset& dataset, std::vector<std::int64_t>& values) {
  values = dataset.read<std::int64_t>();
}

void read_values(const hdf5::Dataset& dataset, std::vector<bool>& values) {
  const auto bytes = dataset.read<std::uint8_t>();
  values.assign(bytes.begin(), bytes.end());
}

template <class Record, class Field>
void write_column(hdf5::File& file, const char* path, const std::vector<Record>& records,
                  Field Record::*field) {
  std::vector<Field> values;
  values.reserve(records.size());
  for (const Record& record : records) values.push_back(record.*field);
  write_values(schema::create(file, column_slot(path, values.size())), values);
}

template <class Record, class Field>
void read_column(const hdf5::File& file, const char* path, std::vector<Record>& records,
                 Field Record::*field) {
  std::vector<Field> values;
  read_values(schema::open(file, column_slot(path, records.size())), values);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].*field = values[i];
}

constexpr const char* kMetrics = "/layout/task/metrics";

void write_metrics(hdf5::File& file, const std::vector<TaskRecord>& tasks) {
  std::vector<std::string> texts;
  texts.reserve(tasks.size());
  for (const TaskRecord& task : tasks) texts.push_back(joined_metrics(task));
  write_values(schema::create(file, column_slot(kMetrics, texts.size())), texts);
}

void read_metrics(const hdf5::File& file, std::vector<TaskRecord>& tasks) {
  std::vector<std::string> texts;
  read_values(schema::open(file, column_slot(kMetrics, tasks.size())), texts);
  for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].metrics = split_metrics(texts[i]);
}

}  // namespace

void check_layout(const RunLayout& layout) {
  check(!layout.tasks.empty(), "a run file needs at least one task");
  std::set<std::string> names;
  for (const TaskRecord& task : layout.tasks) {
    check_task(task);
    check(names.insert(task.name).second, "task '{}' is there twice", task.name);
  }
  names.clear();
  for (const SiteRecord& site : layout.sites) {
    check_site(site);
    check(names.insert(site.name).second, "site '{}' is there twice", site.name);
  }
  check_truth(layout);
}

std::string joined_metrics(const TaskRecord& task) {
  return fmt::format("{}", fmt::join(task.metrics, ","));
}

std::vector<std::string> split_metrics(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

void write_layout(hdf5::File& file, const RunLayout& layout) {
  for_each_task_field(
      [&](const char* path, auto field) { write_column(file, path, layout.tasks, field); });
  write_metrics(file, layout.tasks);
  for_each_site_field(
      [&](const char* path, auto field) { write_column(file, path, layout.sites, field); });
  const bool decodes =
      std::any_of(layout.tasks.begin(), layout.tasks.end(),
                  [](const TaskRecord& task) { return task.dev_answer_tokens > 0; });
  if (decodes) {
    write_column(file, kDevAnswerTokens, layout.tasks, &TaskRecord::dev_answer_tokens);
    write_column(file, kAnswers, layout.sites, &SiteRecord::answers);
  }
  write_truth(file, layout);
}

RunLayout read_layout(const hdf5::File& file) {
  RunLayout layout;
  layout.tasks.resize(file.dataset("/layout/task/name").rows());
  layout.sites.resize(file.dataset("/layout/site/name").rows());
  for_each_task_field([&](const char* path, auto field) {
    const bool early = path == kDevTokens && !file.exists(kDevTokens);  // an early program's file
    if (!early) read_column(file, path, layout.tasks, field);
  });
  read_metrics(file, layout.tasks);
  for_each_site_field(
      [&](const char* path, auto field) { read_column(file, path, layout.sites, field); });
  if (file.exists(kAnswers)) {
    read_column(file, kDevAnswerTokens, layout.tasks, &TaskRecord::dev_answer_tokens);
    read_column(file, kAnswers, layout.sites, &SiteRecord::answers);
  }
  layout.truth = read_truth(file, layout);
  try {
    check_layout(layout);
  } catch (const Error& error) {
    fail("{}: {}", file.name(), error.what());
  }
  return layout;
}

}  // namespace rankwise

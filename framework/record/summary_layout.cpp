#include "framework/record/summary_layout.h"

#include "framework/record/run_layout.h"
#include "framework/record/summary_columns.h"
#include "framework/record/summary_numbers.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace rankwise {
namespace {

constexpr const char* kSetMetrics = "/set/<set>/task/metrics";
constexpr const char* kTrueRank = "/set/<set>/truth/rank";

/// One field of the tasks or sites, the same in every run.
template <class Record, class Field>
void write_shared(hdf5::File& file, const std::string& path, const std::vector<Record>& records,
                  Field Record::*field) {
  using Value = std::conditional_t<std::is_same_v<Field, std::string>, std::string, double>;
  std::vector<Value> values;
  for (const Record& record : records) values.push_back(static_cast<Value>(record.*field));
  if constexpr (std::is_same_v<Value, std::string>) {
    file.write_packed_strings(path, values);
  } else {
    write_numbers(file, path, {values.size()}, values);
  }
}

template <class Record, class Field>
void read_shared(const SummaryRow& row, const char* pattern, std::vector<Record>& records,
                 Field Record::*field) {
  if constexpr (std::is_same_v<Field, std::string>) {
    const std::vector<std::string> values = row.strings(pattern);
    if (records.empty()) records.resize(values.size());  // the first column
    row.check_fit(values.size() == records.size(), pattern);
    for (std::size_t i = 0; i < values.size(); ++i) records[i].*field = values[i];
  } else {
    const std::vector<double> values = row.shared(pattern);
    row.check_fit(values.size() == records.size(), pattern);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].*field = static_cast<Field>(values[i]);
    }
  }
}

void write_metrics(hdf5::File& file, const std::string& path,
                   const std::vector<TaskRecord>& tasks) {
  std::vector<std::string> texts;
  for (const TaskRecord& task : tasks) texts.push_back(joined_metrics(task));
  file.write_packed_strings(path, texts);
}

void read_metrics(const SummaryRow& row, std::vector<TaskRecord>& tasks) {
  const std::vector<std::string> texts = row.strings(kSetMetrics);
  row.check_fit(texts.size() == tasks.size(), kSetMetrics);
  for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].metrics = split_metrics(texts[i]);
}

/// What is kept of each run at each site: [N, L], where any run keeps it.
void write_kept(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  for_each_kept_column([&](const char* pattern, auto field) {
    RunRows rows(set.runs.size(), {set.layout().sites.size()});
    for (std::size_t i = 0; i < set.runs.size(); ++i) {
      const auto& sites = set.runs[i]->layout.sites;
      std::transform(sites.begin(), sites.end(), rows[i].begin(),
                     [&](const SiteRecord& site) { return static_cast<double>(site.*field); });
    }
    const bool any = std::any_of(rows.values.begin(), rows.values.end(),
                                 [](double value) { return value != 0; });
    if (any) rows.write(file, schema::summary_path(pattern, names));
  });
}

void read_kept(const SummaryRow& row, std::vector<SiteRecord>& sites) {
  for_each_kept_column([&](const char* pattern, auto field) {
    using Field = std::decay_t<decltype(sites.front().*field)>;
    const std::vector<double> values = row.numbers(pattern);
    row.check_fit(values.empty() || values.size() == sites.size(), pattern);
    for (std::size_t i = 0; i < values.size(); ++i) {
      sites[i].*field = static_cast<Field>(values[i]);
    }
  });
}

/// Calls visit(pattern, field) for each count of dev tokens.
template <class Visit>
void for_each_token_count(const Visit& visit) {
  visit("/set/<set>/task/dev_tokens", &TaskRecord::dev_tokens);
  visit("/set/<set>/task/dev_answer_tokens", &TaskRecord::dev_answer_tokens);
}

/// [N, T], where any run has recorded them.
void write_dev_tokens(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  for_each_token_count([&](const char* pattern, auto field) {
    RunRows rows(set.runs.size(), {set.layout().tasks.size()});
    for (std::size_t i = 0; i < set.runs.size(); ++i) {
      const auto& tasks = set.runs[i]->layout.tasks;
      std::transform(tasks.begin(), tasks.end(), rows[i].begin(),
                     [&](const TaskRecord& task) { return static_cast<double>(task.*field); });
    }
    const bool any = std::any_of(rows.values.begin(), rows.values.end(),
                                 [](double value) { return value != 0; });
    if (any) rows.write(file, schema::summary_path(pattern, names));
  });
}

void read_dev_tokens(const SummaryRow& row, std::vector<TaskRecord>& tasks) {
  for_each_token_count([&](const char* pattern, auto field) {
    const std::vector<double> values = row.numbers(pattern);
    row.check_fit(values.empty() || values.size() == tasks.size(), pattern);
    for (std::size_t t = 0; t < values.size(); ++t) {
      tasks[t].*field = static_cast<std::int64_t>(values[t]);
    }
  });
}

/// Calls visit(pattern, field) for each grouping of tasks.
template <class Visit>
void for_each_grouping(const Visit& visit) {
  visit("/set/<set>/truth/group", &TruthRecord::group);
  visit("/set/<set>/truth/input_group", &TruthRecord::input_group);
}

void write_truth(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  if (!set.layout().truth) return;
  const std::size_t tasks = set.layout().tasks.size(), sites = set.layout().sites.size();
  for_each_grouping([&](const char* pattern, auto field) {
    if (((*set.layout().truth).*field).empty()) return;
    RunRows rows(set.runs.size(), {tasks});
    for (std::size_t i = 0; i < set.runs.size(); ++i) {
      const auto& group = (*set.runs[i]->layout.truth).*field;
      std::copy(group.begin(), group.end(), rows[i].begin());
    }
    rows.write(file, schema::summary_path(pattern, names));
  });
  RunRows rows(set.runs.size(), {sites, tasks}, -1);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    for (std::size_t l = 0; l < sites; ++l) {
      const auto& ranks = set.runs[i]->layout.truth->sites[l].rank;
      std::copy(ranks.begin(), ranks.end(),
                rows[i].begin() + static_cast<std::ptrdiff_t>(l * tasks));
    }
  }
  rows.write(file, schema::summary_path(kTrueRank, names));
}

std::optional<TruthRecord> read_truth(const SummaryRow& row, std::size_t tasks, std::size_t sites) {
  if (!row.has(kTrueRank)) return std::nullopt;
  TruthRecord truth;
  for_each_grouping([&](const char* pattern, auto field) {
    const std::vector<double> values = row.numbers(pattern);
    row.check_fit(values.empty() || values.size() == tasks, pattern);
    (truth.*field).assign(values.begin(), values.end());
  });
  const std::vector<double> ranks = row.numbers(kTrueRank);
  row.check_fit(ranks.size() == sites * tasks, kTrueRank);
  truth.sites.resize(sites);
  for (std::size_t l = 0; l < sites; ++l) {
    const auto first = ranks.begin() + static_cast<std::ptrdiff_t>(l * tasks);
    if (*first >= 0) {
      truth.sites[l].rank.assign(first, first + static_cast<std::ptrdiff_t>(tasks));
    }
  }
  return truth;
}

}  // namespace

void write_summary_layout(hdf5::File& file, const std::string& name, const SummarySet& set) {
  const schema::Names names{{"set", name}};
  for_each_task_column([&](const char* pattern, auto field) {
    write_shared(file, schema::summary_path(pattern, names), set.layout().tasks, field);
  });
  write_metrics(file, schema::summary_path(kSetMetrics, names), set.layout().tasks);
  write_dev_tokens(file, names, set);
  for_each_site_column([&](const char* pattern, auto field) {
    write_shared(file, schema::summary_path(pattern, names), set.layout().sites, field);
  });
  write_kept(file, names, set);
  write_truth(file, names, set);
}

RunLayout read_summary_layout(const SummaryRow& row) {
  RunLayout layout;
  for_each_task_column(
      [&](const char* pattern, auto field) { read_shared(row, pattern, layout.tasks, field); });
  row.check_fit(!layout.tasks.empty(), kSetMetrics);
  read_metrics(row, layout.tasks);
  read_dev_tokens(row, layout.tasks);
  for_each_site_column(
      [&](const char* pattern, auto field) { read_shared(row, pattern, layout.sites, field); });
  read_kept(row, layout.sites);
  layout.truth = read_truth(row, layout.tasks.size(), layout.sites.size());
  return layout;
}

}  // namespace rankwise

#include "framework/record/summary_usage.h"

#include "framework/core/error.h"
#include "framework/record/summary_columns.h"
#include "framework/record/summary_numbers.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <type_traits>
#include <utility>

namespace rankwise {
namespace {

constexpr const char* kEmbedding = "/set/<set>/embedding/<site>/task";
constexpr int kFourDigits = 13;  // significant bits

void round_all(std::vector<double>& values, int bits) {
  for (double& value : values) value = rounded(value, bits);
}

/// What is stored instead of sums: the mean of gates, and training counts since the evaluation
/// `before`, which is null for the first.
SiteUsage stored_form(SiteUsage usage, const SiteUsage* before) {
  for (std::size_t i = 0; i < usage.gate_mass.size(); ++i) {
    usage.gate_mass[i] /= static_cast<double>(std::max<std::uint64_t>(1, usage.count[i]));
  }
  for (std::size_t i = 0; before != nullptr && i < usage.training_count.size(); ++i) {
    usage.training_count[i] -= before->training_count[i];
  }
  round_all(usage.gate_mass, kFourDigits);
  round_all(usage.probability, kFourDigits);
  round_all(usage.balance_bias, 24);
  return usage;
}

/// Between a field's numbers and doubles, by way of signed ones: a difference of counts that is
/// negative would be a huge unsigned one.
template <class To, class From>
To number(From value) {
  if constexpr (std::is_integral_v<To> || std::is_integral_v<From>) {
    return static_cast<To>(static_cast<std::int64_t>(value));
  } else {
    return static_cast<To>(value);
  }
}

/// Copies rows of `width` to the beginnings of rows of `wide`.
template <class T>
void copy_rows(const std::vector<T>& from, std::size_t width, std::span<double> to,
               std::size_t wide) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i / width * wide + i % width] = number<double>(from[i]);
  }
}

/// The sums again, of all evaluations at a site.
void restore_sums(std::vector<SiteUsage>& usages) {
  for (std::size_t e = 0; e < usages.size(); ++e) {
    for (std::size_t i = 0; i < usages[e].gate_mass.size(); ++i) {
      usages[e].gate_mass[i] *= static_cast<double>(usages[e].count[i]);
      if (e > 0) usages[e].training_count[i] += usages[e - 1].training_count[i];
    }
  }
}

/// The beginnings of `width` of rows of `wide`: what copy_rows() copied.
template <class Values>
Values narrowed(std::span<const double> from, std::size_t width, std::size_t wide) {
  Values values;
  values.reserve(from.size() / wide * width);
  for (std::size_t first = 0; first < from.size(); first += wide) {
    for (const double value : from.subspan(first, width)) {
      values.push_back(number<typename Values::value_type>(value));
    }
  }
  return values;
}

/// The arrays of one site in one evaluation, at their places in those of the set.
class UsageRows {
 public:
  explicit UsageRows(const SummarySet& set) : set_(set) {
    for_each_summary_usage(set.widest, [&](const char* pattern, auto, bool tasks, bool ranks) {
      hdf5::Shape row{set.evaluations, sites()};
      if (tasks) row.push_back(set.layout().tasks.size());
      if (ranks) row.push_back(static_cast<std::uint64_t>(set.widest.ranks));
      rows_.emplace(pattern, RunRows(set.runs.size(), row));
    });
  }

  void place(std::size_t run, std::size_t evaluation, std::size_t site) {
    const SummaryRun& from = *set_.runs[run];
    const SiteRecord& record = from.layout.sites[site];
    const auto usage = [&](std::size_t e) { return &from.evaluations[e].usage.at(site); };
    const SiteUsage stored =
        stored_form(*usage(evaluation), evaluation > 0 ? usage(evaluation - 1) : nullptr);
    for_each_summary_usage(record, [&](const char* pattern, auto field, bool, bool ranks) {
      if (ranks && record.ranks == 0) return;
      const std::span<double> all = rows_.at(pattern)[run];
      const std::size_t size = all.size() / (set_.evaluations * sites());
      const std::size_t tasks = set_.layout().tasks.size();
      copy_rows(stored.*field, ranks ? static_cast<std::size_t>(record.ranks) : tasks,
                all.subspan((evaluation * sites() + site) * size, size),
                ranks ? static_cast<std::size_t>(set_.widest.ranks) : tasks);
    });
  }

  void write(hdf5::File& file, const schema::Names& names) const {
    for (const auto& [pattern, rows] : rows_) {
      if (!rows.values.empty()) rows.write(file, schema::summary_path(pattern, names));
    }
  }

 private:
  std::size_t sites() const { return set_.layout().sites.size(); }

  const SummarySet& set_;
  std::map<std::string, RunRows> rows_;  // by pattern
};

/// The task embeddings of the last evaluation.
void write_embeddings(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  const std::size_t tasks = set.layout().tasks.size();
  const auto wide = static_cast<std::size_t>(set.widest.embedding_width);
  for (std::size_t l = 0; l < set.layout().sites.size(); ++l) {
    RunRows rows(set.runs.size(), {tasks, wide});
    bool any = false;
    for (std::size_t i = 0; i < set.runs.size(); ++i) {
      const SummaryRun& run = *set.runs[i];
      const SiteRecord& site = run.layout.sites[l];
      if (site.embedding_width == 0 || run.evaluations.empty()) continue;
      std::vector<double> embedding = run.evaluations.back().usage[l].task_embedding;
      round_all(embedding, 24);
      copy_rows(embedding, static_cast<std::size_t>(site.embedding_width), rows[i], wide);
      any = true;
    }
    schema::Names of_site = names;
    of_site["site"] = set.layout().sites[l].name;
    if (any) rows.write(file, schema::summary_path(kEmbedding, of_site));
  }
}

}  // namespace

void write_summary_usage(hdf5::File& file, const std::string& name, const SummarySet& set) {
  const schema::Names names{{"set", name}};
  UsageRows rows(set);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    const SummaryRun& run = *set.runs[i];
    for (std::size_t e = 0; e < run.evaluations.size(); ++e) {
      for (std::size_t l = 0; l < run.layout.sites.size(); ++l) {
        rows.place(i, e, l);
      }
    }
  }
  rows.write(file, names);
  write_embeddings(file, names, set);
}

SummaryUsage::SummaryUsage(SummaryRow row, std::size_t tasks, std::size_t evaluations)
    : row_(std::move(row)), tasks_(tasks), evaluations_(evaluations) {}

const SummaryUsage::Array& SummaryUsage::array(const char* pattern) const {
  const auto known = arrays_.find(pattern);
  if (known != arrays_.end()) return known->second;
  return arrays_.emplace(pattern, Array{row_.shape(pattern), row_.numbers(pattern)}).first->second;
}

namespace {

/// What a row of usage must hold at least: index is a site's; tasks 0: it has no such dimension
/// beside the last one.
struct Wanted {
  std::size_t evaluations, index, tasks, width;
};

bool fits(const hdf5::Shape& shape, const Wanted& wanted) {
  const std::size_t dimensions = wanted.tasks > 0 ? 4 : 3;
  return shape.size() == dimensions && shape[0] >= wanted.evaluations && shape[1] > wanted.index &&
         shape.back() >= wanted.width && (wanted.tasks == 0 || shape[2] == wanted.tasks);
}

}  // namespace

std::vector<SiteUsage> SummaryUsage::site(const SiteRecord& site, std::size_t index) const {
  std::vector<SiteUsage> usages(evaluations_);
  if (usages.empty()) return usages;
  for_each_summary_usage(site, [&](const char* pattern, auto field, bool tasks, bool ranks) {
    const std::size_t width = ranks ? static_cast<std::size_t>(site.ranks) : tasks_;
    if (width == 0) return;
    const Array& all = array(pattern);
    row_.check_fit(fits(all.shape, {evaluations_, index, tasks && ranks ? tasks_ : 0, width}),
                   pattern);
    const std::size_t rows = tasks && ranks ? tasks_ : 1, wide = all.shape.back();
    for (std::size_t e = 0; e < evaluations_; ++e) {
      const std::size_t first = (e * all.shape[1] + index) * rows * wide;
      const auto part = std::span(all.values).subspan(first, rows * wide);
      usages[e].*field = narrowed<std::decay_t<decltype(usages[e].*field)>>(part, width, wide);
    }
  });
  restore_sums(usages);
  if (site.embedding_width > 0) usages.back().task_embedding = embedding(site);
  return usages;
}

std::vector<double> SummaryUsage::embedding(const SiteRecord& site) const {
  const schema::Names names{{"site", site.name}};
  const hdf5::Shape shape = row_.shape(kEmbedding, names);
  const auto width = static_cast<std::size_t>(site.embedding_width);
  row_.check_fit(shape.size() == 2 && shape[0] == tasks_ && shape[1] >= width, kEmbedding, names);
  return narrowed<std::vector<double>>(row_.numbers(kEmbedding, names), width, shape[1]);
}

}  // namespace rankwise

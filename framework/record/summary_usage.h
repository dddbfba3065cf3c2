/// How the runs of one set in a summary used ranks: arrays with every site, padded to most ranks.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/summary_row.h"
#include "framework/record/summary_set.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

void write_summary_usage(hdf5::File& file, const std::string& name, const SummarySet& set);

/// Gives one run's usage site by site, and reads each array once.
class SummaryUsage {
 public:
  SummaryUsage(SummaryRow row, std::size_t tasks, std::size_t evaluations);

  /// `index`: of the site in the layout.
  std::vector<SiteUsage> site(const SiteRecord& site, std::size_t index) const;

 private:
  struct Array {
    hdf5::Shape shape;  // [E, L, ...]
    std::vector<double> values;
  };
  const Array& array(const char* pattern) const;
  std::vector<double> embedding(const SiteRecord& site) const;

  SummaryRow row_;
  std::size_t tasks_, evaluations_;
  mutable std::map<std::string, Array> arrays_;  // by pattern
};

}  // namespace rankwise

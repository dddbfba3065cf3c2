/// The runs of a summary that share their tasks, test examples and sites: their arrays are stacked.
#pragma once

#include "framework/record/summary_run.h"

#include <cstddef>
#include <string>
#include <vector>

namespace rankwise {

struct SummarySet {
  std::vector<const SummaryRun*> runs;  // at least one
  std::size_t steps = 0;                // of the run that has most
  std::size_t evaluations = 0;          // likewise
  SiteRecord widest;                    // most ranks and the widest embedding of any site and run

  const RunLayout& layout() const { return runs.front()->layout; }  // tasks and sites of every run
};

/// The sets in the order of their first runs; `runs` must outlive them.
std::vector<SummarySet> sets_of(const std::vector<SummaryRun>& runs);

/// What a run's predictions are of: one for each score, "sst2/best/accuracy".
std::vector<std::string> test_columns(const SummaryRun& run);

}  // namespace rankwise

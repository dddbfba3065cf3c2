/// A study's runs made small enough to be committed: what tables and most figures are made from.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/record/summary_run.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace rankwise::analysis {

/// What a summary keeps of a run. Where there are more steps or evaluations than these, evenly
/// spaced ones are kept, the last among them.
struct SummaryOptions {
  std::int64_t steps = 150;
  std::int64_t evaluations = 25;
  std::int64_t coordinates = 8;   // principal coordinates of sampled representations
  std::int64_t usage_seeds = 3;   // of each label, its first ones, whose usage is kept
  std::int64_t sample_seeds = 1;  // likewise, whose sampled representations are kept
};

/// Writes the finished runs, which are of one study, as `folder`/s<seed>.h5 (summary_writer.h), and
/// removes summaries of other seeds there. Every run keeps its scores and measures, test
/// predictions (but of vectors), chosen ranks, and the gradients of the last site by name; the
/// first seeds of each label keep counts, gates and task embeddings of one site too.
/// Representations are given by their first principal coordinates, which keep distances but for
/// the directions of least variance. Returns the files.
std::vector<std::filesystem::path> write_summary(const RunSet& runs,
                                                 const std::filesystem::path& folder,
                                                 const SummaryOptions& options = {});

}  // namespace rankwise::analysis

/// A study's runs made small enough to be committed: what tables and most figures are made from.
#pragma once

#include "analysis/runs/run_set.h"

#include <cstdint>
#include <filesystem>

namespace rankwise::analysis {

/// What a summary keeps of a run.
struct SummaryOptions {
  std::int64_t steps = 12000;      // training steps over all runs: of each run evenly spaced ones,
                                   // the last one among them
  std::int64_t fewest_steps = 40;  // of a run, whatever that makes together
  std::int64_t evaluations = 30;  // of a run, evenly spaced, where all hold at most `usage` numbers
  std::int64_t usage = 600000;    // numbers of routing statistics over all runs
  std::int64_t coordinates = 8;   // principal coordinates of sampled representations
};

/// Writes the finished runs as an archive (run_archive.h): every score and measure, test
/// predictions (but of vectors), counts and chosen ranks of the evaluations that it keeps, other
/// routing statistics to four digits, gradients of the last site (by name) alone. Left out:
/// factors, coactivation (but not how many ranks a token uses), task embeddings, dev predictions,
/// planted directions. Representations are given by their first principal coordinates, which keep
/// distances but for the directions of least variance.
void write_summary(const RunSet& runs, const std::filesystem::path& archive,
                   const SummaryOptions& options = {});

}  // namespace rankwise::analysis

/// What a figure is drawn from, in a line: study, backbone, suite and seeds.
#pragma once

#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// "0", "0, 2" or, of three and more in a row, "10–19".
std::string seeds_in_words(std::vector<std::int64_t> seeds);

/// "planted_ranks · tiny (random) · suite planted · seeds 10–19", of one run "seed 0". Several
/// studies, backbones or suites are named with commas between them.
std::string source_of(const RunSet& runs);
std::string source_of(const RunGroup& group);
std::string source_of(const Run& run);

/// Of the first run of each label, where a figure draws no other.
std::string source_of_first(const RunSet& runs);

}  // namespace rankwise::analysis

/// The studies that a set's runs belong to.
#pragma once

#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// Their names, in the order of the groups.
std::vector<std::string> studies_of(const RunSet& set);

/// The runs of one study under the labels that the study gives them.
RunSet part_of_study(const RunSet& set, const std::string& study);

}  // namespace rankwise::analysis

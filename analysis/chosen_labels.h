/// The option "labels", which every figure of several labels has.
#pragma once

#include "analysis/run_set.h"

#include <string>
#include <vector>

namespace rankwise {

inline constexpr const char* kLabelsHelp =
    "labels to draw, in this order; empty: all. --set labels='[\"a\",\"b\"]'";

/// The groups of those labels; all where none is named. Throws Error for an unknown one.
RunSet choose_labels(const RunSet& runs, const std::vector<std::string>& labels);

}  // namespace rankwise

/// What figures of several labels share: the option "labels", and whether there is a spread.
#pragma once

#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

inline constexpr const char* kLabelsHelp =
    "labels to draw, in this order; empty: all. As a flag: --labels a,b";

/// The groups of those labels; all where none is named. Throws Error for an unknown one.
RunSet choose_labels(const RunSet& runs, const std::vector<std::string>& labels);

/// Labels as a flag says them, with commas between. One with a comma in it is quoted,
/// `"more, no contrast",lora`, or stands alone where it is one of the known ones. Throws Error for
/// a quote that is not closed.
std::vector<std::string> split_labels(const std::string& text,
                                      const std::vector<std::string>& known);

/// Whether a label has two runs or more, so that there is a spread to draw and to speak of.
bool several_seeds(const RunSet& runs);

}  // namespace rankwise::analysis

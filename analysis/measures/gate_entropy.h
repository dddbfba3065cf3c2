/// How certain a selector is of the ranks that it chooses: an argmax of a flat gate is no decision.
#pragma once

#include "analysis/runs/run_set.h"

#include <optional>
#include <string>

namespace rankwise::analysis {

/// Means over (site, task) in the last evaluation, where the selector gives probabilities.
struct GateEntropy {
  // Of the probabilities, over the logarithm of the number of ranks that have any: 1 uniform.
  double entropy = 0;
  double probability = 0;  // of the rank that is chosen
  double uniform = 0;      // what the probability is where all of those have the same
};

/// Nothing where no selector gives probabilities.
std::optional<GateEntropy> gate_entropy(const RunFile& file);

/// The mean over the runs of a label that have one.
std::optional<GateEntropy> gate_entropy(const RunGroup& group);

/// What a figure of chosen ranks says of them, of a label: "; gate entropy 0.98 of a uniform
/// gate's, chosen rank at probability 0.14 (uniform 0.125)". Empty where nothing is known.
std::string gate_note(const RunGroup& group);

}  // namespace rankwise::analysis

/// The memory that a run needs at least, counted from shapes before any of it is taken.
#pragma once

#include "framework/run/run_setup.h"

#include <string>

namespace rankwise {

/// Bytes, as doubles: a mistyped rank or batch asks for more than 64 bits count.
struct MemoryNeed {
  double model = 0;     // weights, buffers, counters of usage
  double training = 0;  // gradients, AdamW's two moments, the copy of the best parameters
  double batch = 0;     // rows of one batch, their positions and one layer's vectors
  double total() const { return model + training + batch; }
};

/// A lower bound: activations of further layers and LibTorch's own buffers come on top.
MemoryNeed memory_need(const RunConfig& config, const Paths& paths, const RunSetup& setup);

/// Bytes that this process may use at most: the machine's memory, or less where a control group
/// limits it.
double machine_memory();

/// "3.5 GiB"
std::string size_text(double bytes);

/// Throws Error where the need exceeds `available`; names both, and what takes the most.
void check_memory(const MemoryNeed& need, double available);

}  // namespace rankwise

/// Which vectors kernels run in: each is compiled for every set, and chosen at run time.
#pragma once

#include <vector>

namespace rankwise {

enum class InstructionSet { kBaseline, kAvx2, kAvx512 };

/// Those that this machine can run, the widest first.
const std::vector<InstructionSet>& instruction_sets();

/// make(set) of each of these.
template <class Kernel>
std::vector<Kernel> for_each_set(Kernel (*make)(InstructionSet set)) {
  std::vector<Kernel> kernels;
  for (const InstructionSet set : instruction_sets()) kernels.push_back(make(set));
  return kernels;
}

/// Whether kernels run in the widest vectors: the switch "wide-vectors".
bool wide_vectors();

/// What kernels over rows run in: the widest, or the baseline without wide_vectors().
InstructionSet instruction_set();

/// They run in `set` for as long as it lives: for tests, one at a time.
class InInstructionSet {
 public:
  explicit InInstructionSet(InstructionSet set);
  ~InInstructionSet();
  InInstructionSet(const InInstructionSet&) = delete;
  InInstructionSet& operator=(const InInstructionSet&) = delete;
};

}  // namespace rankwise

#include "framework/ops/instruction_set.h"

#include "framework/core/switches.h"

#include <atomic>

namespace rankwise {

namespace {

const Switch vector_switch("wide-vectors",
                           "kernels on the CPU in the widest vectors of this processor; without: "
                           "in those that every processor has");

constexpr int kNoneChosen = -1;
std::atomic<int> chosen_set = kNoneChosen;  // by InInstructionSet

std::vector<InstructionSet> sets_of_this_machine() {
  std::vector<InstructionSet> sets;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    sets.push_back(InstructionSet::kAvx512);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sets.push_back(InstructionSet::kAvx2);
  }
#endif
  sets.push_back(InstructionSet::kBaseline);
  return sets;
}

}  // namespace

const std::vector<InstructionSet>& instruction_sets() {
  static const std::vector<InstructionSet> sets = sets_of_this_machine();
  return sets;
}

bool wide_vectors() { return static_cast<bool>(vector_switch); }

InstructionSet instruction_set() {
  const int chosen = chosen_set.load(std::memory_order_relaxed);
  if (chosen != kNoneChosen) return static_cast<InstructionSet>(chosen);
  return wide_vectors() ? instruction_sets().front() : InstructionSet::kBaseline;
}

InInstructionSet::InInstructionSet(InstructionSet set) { chosen_set = static_cast<int>(set); }
InInstructionSet::~InInstructionSet() { chosen_set = kNoneChosen; }

}  // namespace rankwise

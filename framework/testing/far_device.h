/// A device that is none, for tests on machines without an accelerator: its memory is the host's,
/// and no code for the CPU takes its tensors. What a GPU would make the host wait for is written
/// down.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace rankwise {

/// LibTorch's slot for devices of others. Every operation computes what it does on the CPU.
torch::Device far_device();

/// False beside a real accelerator, of which LibTorch knows one a process.
bool has_far_device();

/// What the host waited for since the list was last emptied, each with the operation's name: values
/// read back, copies that block, results whose size depends on values.
std::vector<std::string>& far_waits();

/// How many operations a device would run were called so far, views and allocations left out.
std::int64_t far_operations();

}  // namespace rankwise

/// Skips the running test where there is none.
#define RANKWISE_NEED_FAR_DEVICE() \
  if (!rankwise::has_far_device()) GTEST_SKIP() << "a real accelerator is in its place"

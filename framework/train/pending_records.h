/// Records of steps whose losses are on their way from the device, so that no step waits for them.
#pragma once

#include "framework/record/run_file.h"

#include <c10/core/Event.h>
#include <torch/types.h>

#include <cstddef>
#include <deque>
#include <optional>

namespace rankwise {

class PendingRecords {
 public:
  /// `values` [2] double, on any device: the record's loss and auxiliary loss.
  void add(const StepRecord& record, const torch::Tensor& values);

  /// The oldest record, where more than `most` are pending; else none. Waits for its losses, and
  /// adds that time to its seconds.
  std::optional<StepRecord> next(std::size_t most);

 private:
  struct Entry {
    StepRecord record;
    torch::Tensor values;            // on the host, once the event has happened
    std::optional<c10::Event> come;  // none: they are there
  };
  std::deque<Entry> entries_;
};

}  // namespace rankwise

#include "framework/train/pending_records.h"

#include "framework/data/upload.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <utility>

namespace rankwise {

void PendingRecords::add(const StepRecord& record, const torch::Tensor& values) {
  const torch::Device device = values.device();
  if (!is_accelerator(device)) {
    entries_.push_back({record, values, std::nullopt});
    return;
  }
  const torch::Tensor host = at::empty(
      values.sizes(),
      values.options().device(torch::kCPU).pinned_memory(/*pinned_memory=*/device.is_cuda()));
  host.copy_(values, /*non_blocking=*/true);
  c10::Event come(device.type());
  come.record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
  entries_.push_back({record, host, std::move(come)});
}

std::optional<StepRecord> PendingRecords::next(std::size_t most) {
  if (entries_.size() <= most) return std::nullopt;
  const auto begin = std::chrono::steady_clock::now();
  Entry& oldest = entries_.front();
  if (oldest.come) oldest.come->synchronize();
  const double* values = oldest.values.const_data_ptr<double>();
  StepRecord record = oldest.record;
  record.loss = values[0];
  record.auxiliary = values[1];
  record.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  entries_.pop_front();
  return record;
}

}  // namespace rankwise

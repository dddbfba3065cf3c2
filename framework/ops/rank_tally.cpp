#include "framework/ops/rank_tally.h"

#include "framework/ops/device_kernels.h"

#include <torch/types.h>

#include <vector>

namespace rankwise {

bool tallied_on_device(const RankTally& tally, const at::Tensor& count, const at::Tensor& mass) {
  const at::Tensor chosen = tally.chosen.contiguous();
  // Without weights nothing is read in their type.
  const at::Tensor weight = tally.weight.defined()
                                ? tally.weight.detach().contiguous()
                                : at::empty({0}, chosen.options().dtype(at::kFloat));
  const DeviceKernels* on_device = device_kernels(weight);
  if (on_device == nullptr) return false;
  const at::Tensor row_task = tally.row_task.defined() ? tally.row_task.contiguous() : at::Tensor();
  device::Tally given{.rows = chosen.size(0),
                      .ranks = count.size(-1),
                      .tasks = count.numel() / count.size(-1),
                      .chosen = {.k = chosen.size(1),
                                 .ranks = chosen.const_data_ptr<std::int64_t>(),
                                 .weight = tally.weight.defined() ? data_of(weight) : nullptr,
                                 .weights = stored_as(weight)},
                      .row_task = static_cast<const std::int64_t*>(data_of(row_task)),
                      .count = count.mutable_data_ptr<std::int64_t>(),
                      .mass = mass.defined() ? mass.mutable_data_ptr<double>() : nullptr};
  const std::vector<std::int64_t> cells{given.parts(), count.numel()};
  const at::Tensor part_count = at::empty(cells, count.options());
  const at::Tensor part_mass = mass.defined() ? at::empty(cells, mass.options()) : at::Tensor();
  given.part_count = part_count.mutable_data_ptr<std::int64_t>();
  given.part_mass = mass.defined() ? part_mass.mutable_data_ptr<double>() : nullptr;
  on_device->kernels.tally(given, on_device->stream(weight));
  return true;
}

}  // namespace rankwise

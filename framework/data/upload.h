/// What the host makes for a device goes there in copies that the host does not wait for.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// Whether tensors there are computed with by code for accelerators: operations in few launches,
/// none of which makes the host wait. The CPU has kernels of its own instead.
inline bool is_accelerator(const torch::Device& device) { return !device.is_cpu(); }

/// `host`, a tensor of the CPU, with the type and on the device of `options`.
torch::Tensor sent(const torch::Tensor& host, const torch::TensorOptions& options);

/// Columns of whole numbers that travel together, in one copy.
class Upload {
 public:
  /// Once sent, `place` is the column: [values] int64.
  void add(const std::vector<std::int64_t>& column, torch::Tensor& place);
  void send(const torch::Device& device);

 private:
  struct Column {
    torch::Tensor* place;
    std::int64_t first, size;
  };
  std::vector<std::int64_t> values_;
  std::vector<Column> columns_;
};

}  // namespace rankwise

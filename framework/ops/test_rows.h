/// Ops over rows against plain autograd code, in every type and by every kind of kernel.
#pragma once

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/ops/instruction_set.h"
#include "framework/ops/test_device.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

namespace rankwise {

using RowTensors = std::vector<torch::Tensor>;
/// From inputs to outputs.
using RowOp = std::function<RowTensors(const RowTensors&)>;

inline torch::Tensor normal_rows(at::IntArrayRef sizes, const std::string& name) {
  return normal_tensor(sizes, 1, Seed(11).stream(name), kDouble);
}

/// Calls `check` in every instruction set of the machine, and with the kernels of a device.
inline void by_every_kernel(const std::function<void(const std::string& name)>& check) {
  for (const InstructionSet set : instruction_sets()) {
    const InInstructionSet in_set(set);
    check("set " + std::to_string(static_cast<int>(set)));
  }
  const InEmulatedKernels emulated;
  check("a device's kernels");
}

/// The same values in another type.
inline RowTensors as_type(const RowTensors& tensors, torch::ScalarType type) {
  RowTensors converted;
  for (const torch::Tensor& tensor : tensors) converted.push_back(tensor.to(type));
  return converted;
}

/// Outputs, and the gradients of all inputs, where every element of an output has a weight of its
/// own.
inline RowTensors with_gradients(const RowOp& op, const RowTensors& inputs) {
  RowTensors leaves;
  for (const torch::Tensor& input : inputs) {
    leaves.push_back(input.detach().clone().requires_grad_());
  }
  RowTensors results = op(leaves), upstream;
  for (const torch::Tensor& output : results) {
    const torch::Tensor weights =
        normal_rows(output.sizes(), "upstream " + std::to_string(upstream.size()));
    upstream.push_back(weights.to(torch::kBFloat16).to(output.scalar_type()));
  }
  torch::autograd::backward(results, upstream);
  for (torch::Tensor& result : results) result = result.detach();
  for (const torch::Tensor& leaf : leaves) results.push_back(leaf.grad());
  return results;
}

/// The largest difference, of values beyond one in units of themselves.
inline double difference_of_rows(const torch::Tensor& ours, const torch::Tensor& plain) {
  if (plain.numel() == 0) return 0;
  const torch::Tensor unit = plain.abs().clamp_min(1);
  return ((ours.to(torch::kFloat64) - plain).abs() / unit).max().item<double>();
}

/// Holds the op to `plain`, which is computed in double from the inputs as the type has them.
inline void expect_like_in(torch::ScalarType type, const RowOp& op, const RowOp& plain,
                           const RowTensors& inputs, double tolerance) {
  const RowTensors rounded = as_type(inputs, type);
  const RowTensors expected = with_gradients(plain, as_type(rounded, torch::kFloat64));
  by_every_kernel([&](const std::string& kernel) {
    const RowTensors ours = with_gradients(op, rounded);
    ASSERT_EQ(ours.size(), expected.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].scalar_type(), type);
      ASSERT_EQ(ours[i].sizes(), expected[i].sizes());
      EXPECT_LE(difference_of_rows(ours[i], expected[i]), tolerance)
          << "result " << i << " in " << type << " by " << kernel;
    }
  });
}

/// In all types. `bf16`: tolerance there.
inline void expect_like_plain(const RowOp& op, const RowOp& plain, const RowTensors& inputs,
                              double bf16) {
  expect_like_in(torch::kFloat64, op, plain, inputs, 1e-10);
  expect_like_in(torch::kFloat32, op, plain, inputs, 1e-5);
  expect_like_in(torch::kBFloat16, op, plain, inputs, bf16);
}

/// NaN and infinities come out where `plain` has them in double, forward and backward. (LibTorch's
/// own erf of an infinity is NaN in fp32.)
inline void expect_like_plain_beyond_numbers(const RowOp& op, const RowOp& plain,
                                             const RowTensors& inputs) {
  for (const torch::ScalarType type : {torch::kFloat64, torch::kFloat32, torch::kBFloat16}) {
    const RowTensors given = as_type(inputs, type);
    const RowTensors expected =
        as_type(with_gradients(plain, as_type(given, torch::kFloat64)), type);
    by_every_kernel([&](const std::string& kernel) {
      const RowTensors ours = with_gradients(op, given);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        EXPECT_TRUE(torch::allclose(ours[i], expected[i], 0.05, 0.05, /*equal_nan=*/true))
            << "result " << i << " in " << type << " by " << kernel << ": " << ours[i] << " for "
            << expected[i];
      }
    });
  }
}

/// Values do not depend on the number of threads, nor on whether gradients are asked for.
inline void expect_same_bits_of_kernel(const RowOp& op, const RowTensors& inputs) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const RowTensors alone = with_gradients(op, inputs);
  at::set_num_threads(3);
  const RowTensors together = with_gradients(op, inputs);
  at::set_num_threads(threads);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_TRUE(torch::equal(alone[i], together[i]));
  const torch::NoGradGuard no_gradients;
  const RowTensors values = op(inputs);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_TRUE(torch::equal(alone[i], values[i]));
}

inline void expect_same_bits_by_any_way(const RowOp& op, const RowTensors& inputs) {
  expect_same_bits_of_kernel(op, inputs);
  const InEmulatedKernels emulated;
  expect_same_bits_of_kernel(op, inputs);
}

}  // namespace rankwise

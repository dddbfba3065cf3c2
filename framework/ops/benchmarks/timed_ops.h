/// Registers the benchmarks of each family of ops, forward and backward at every shape.
#pragma once

#include "framework/ops/benchmarks/roofline.h"
#include "framework/ops/benchmarks/shapes.h"

#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

namespace rankwise {

/// An op as autograd sees it.
struct TimedOp {
  std::vector<torch::Tensor> inputs;  // those that take a gradient
  std::function<torch::Tensor()> forward;
  Work forward_work, backward_work = {};
};

/// Makes the op when its benchmark begins, so that no more than one holds memory.
using MakeOp = std::function<TimedOp(const BatchShape& shape)>;

/// "<name>/<shape>/forward" and "/backward".
void add_op(const std::string& name, const BatchShape& shape, const MakeOp& make);

/// "<name>/<shape>" of an op without a gradient: its inputs and backward_work are none.
void add_forward_op(const std::string& name, const BatchShape& shape, const MakeOp& make);

void add_product_ops(const BatchShape& shape);
void add_rank_ops(const BatchShape& shape);
void add_linear_ops(const BatchShape& shape);
void add_attention_ops(const BatchShape& shape);
void add_row_ops(const BatchShape& shape);

/// Normal numbers that ask for a gradient.
torch::Tensor leaf(at::IntArrayRef sizes);

/// How many numbers it holds.
double values_of(const torch::Tensor& tensor);

}  // namespace rankwise

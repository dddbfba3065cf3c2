#include "framework/adapter/choice.h"

#include "framework/core/error.h"
#include "framework/data/upload.h"
#include "framework/ops/rank_gate.h"

#include <fmt/ranges.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <utility>

namespace rankwise {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// weight[task of the row], whose gradient is one product: a GPU's sum of rows by their index adds
// them up in whatever order they come.
class OfRows : public torch::autograd::Function<OfRows> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& weight, const Tensor& row_task,
                        const Tensor& task_mask) {
    context->save_for_backward({task_mask});
    return weight.index_select(0, row_task);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {context->get_saved_variables()[0].mm(gradients[0]), Tensor(), Tensor()};
  }
};

// [T, R] -> [N, R]
Tensor of_rows(const Tensor& weight, const Batch& batch) {
  if (!is_accelerator(weight.device()) || !weight.requires_grad())
    return weight.index_select(0, batch.row_task);
  return OfRows::apply(weight, batch.row_task, batch.task_mask(weight.scalar_type()));
}

}  // namespace

std::string shape_text(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

Choice::Choice(Kind kind, std::int64_t ranks, at::Tensor chosen, at::Tensor weight)
    : kind_(kind), ranks_(ranks), chosen_(std::move(chosen)), weight_(std::move(weight)) {}

Choice Choice::all(std::int64_t ranks) { return {Kind::kAll, ranks, {}, {}}; }

Choice Choice::per_task(at::Tensor mask, at::Tensor weight) {
  check(mask.scalar_type() == at::kBool, "the mask of a choice by task is {}, it must be bool",
        c10::toString(mask.scalar_type()));
  check(mask.sizes() == weight.sizes() && mask.dim() == 2,
        "mask {} and weight {} of a choice by task must both be [tasks, ranks]", shape_text(mask),
        shape_text(weight));
  const std::int64_t ranks = mask.size(1);
  return {Kind::kPerTask, ranks, std::move(mask), std::move(weight)};
}

Choice Choice::per_row(at::Tensor ranks, at::Tensor weight, std::int64_t total) {
  check(ranks.sizes() == weight.sizes() && ranks.dim() == 2,
        "ranks {} and weight {} of a choice by row must both be [rows, k]", shape_text(ranks),
        shape_text(weight));
  return {Kind::kPerRow, total, std::move(ranks), std::move(weight)};
}

at::Tensor Choice::apply(const at::Tensor& z, const Batch& batch) const {
  switch (kind_) {
    case Kind::kPerTask:
      return z * of_rows(weight_.to(z.scalar_type()), batch);
    case Kind::kPerRow:
      return gated_ranks(z, chosen_, weight_);
    case Kind::kAll:
      return z;
  }
  return z;
}

}  // namespace rankwise

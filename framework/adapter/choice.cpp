#include "framework/adapter/choice.h"

#include "framework/core/error.h"
#include "framework/ops/rank_gate.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <utility>

namespace rankwise {

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
      return z * weight_.to(z.scalar_type()).index_select(0, batch.row_task);
    case Kind::kPerRow:
      return gated_ranks(z, chosen_, weight_);
    case Kind::kAll:
      return z;
  }
  return z;
}

}  // namespace rankwise

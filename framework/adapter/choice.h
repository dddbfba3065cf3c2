/// What a gate chose and the values it gave: usage is counted from this, never from products.
///
/// Dimensions: N rows, R ranks, T tasks, k ranks per row.
#pragma once

#include "framework/data/batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace rankwise {

/// "[3, 8]", for messages.
std::string shape_text(const at::Tensor& tensor);

/// Throws Error where shapes or types do not fit. Of a task's rows all use the same ranks
/// `per_task`, and its rows need not be known; `per_row` each row has k ranks of its own.
class Choice {
 public:
  enum class Kind { kAll, kPerTask, kPerRow };

  /// Every rank of every row, at weight one.
  static Choice all(std::int64_t ranks);
  /// mask [T, R] bool, weight [T, R] zero where not chosen: usage counts the mask alone.
  static Choice per_task(at::Tensor mask, at::Tensor weight);
  /// ranks [N, k] int64, distinct in a row; weight [N, k].
  static Choice per_row(at::Tensor ranks, at::Tensor weight, std::int64_t total);

  Kind kind() const { return kind_; }
  std::int64_t ranks() const { return ranks_; }
  const at::Tensor& chosen() const { return chosen_; }
  const at::Tensor& weight() const { return weight_; }

  /// h = g * z for z [N, R].
  at::Tensor apply(const at::Tensor& z, const Batch& batch) const;

 private:
  Choice(Kind kind, std::int64_t ranks, at::Tensor chosen, at::Tensor weight);

  Kind kind_;
  std::int64_t ranks_;
  at::Tensor chosen_, weight_;
};

}  // namespace rankwise

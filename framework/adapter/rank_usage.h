/// Exact counts of which ranks the rows of each task chose.
///
/// Dimensions: T tasks, R ranks.
#pragma once

#include "framework/adapter/choice.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Sums over the batches given to `add` since the last `reset`. Counts are integers: over ranks
/// they sum to rows times active ranks.
class RankUsage {
 public:
  /// `pairs`: also count which ranks are chosen together (R x R; costs a product per batch).
  RankUsage(std::int64_t tasks, std::int64_t ranks, bool pairs, const at::Device& device);

  void add(const Choice& choice, const Batch& batch);
  void reset();

  const at::Tensor& count() const { return count_; }         // [T, R] int64
  const at::Tensor& gate_mass() const { return gate_sum_; }  // [T, R] double: sum of gate values
  /// [R, R] int64 rows that chose both ranks; undefined without pairs.
  const at::Tensor& coactivation() const { return coactivation_; }
  /// Whether a choice that was added differed from row to row.
  bool per_row() const { return per_row_; }

 private:
  at::Tensor count_, gate_sum_, coactivation_;
  bool per_row_ = false;
};

}  // namespace rankwise

/// Exact counts of which ranks the rows of each task chose.
///
/// Dimensions: T tasks, R ranks.
#pragma once

#include "framework/adapter/choice.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// Sums over the batches given to `add` since the last `reset`. Counts are integers: over ranks
/// they sum to rows times active ranks.
class RankUsage {
 public:
  /// `pairs`: also count which ranks are chosen together (R x R; costs a product per batch), and
  /// every other example by itself.
  RankUsage(std::int64_t tasks, std::int64_t ranks, bool pairs, const at::Device& device);

  void add(const Choice& choice, const Batch& batch);
  void reset();

  const at::Tensor& count() const { return count_; }         // [T, R] int64
  const at::Tensor& gate_mass() const { return gate_sum_; }  // [T, R] double: sum of gate values
  /// [R, R] int64 rows that chose both ranks; undefined without pairs.
  const at::Tensor& coactivation() const { return coactivation_; }
  /// [T, R] int64 the part of count() that every other example of each task made, from its first
  /// one on; undefined without pairs.
  const at::Tensor& half_count() const { return half_count_; }
  /// Whether a choice that was added differed from row to row.
  bool per_row() const { return per_row_; }

 private:
  at::Tensor half_of(const Batch& batch);

  at::Tensor count_, gate_sum_, coactivation_, half_count_;
  std::vector<std::int64_t> examples_;  // of each task, since the last reset; empty without pairs
  bool per_row_ = false;
};

}  // namespace rankwise

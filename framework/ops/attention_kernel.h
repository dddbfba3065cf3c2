/// Attention of one head of one sequence on the CPU, for the widest vectors of the machine.
///
/// Dimensions: L rows of the sequence, M rows that it looks at (itself where M = L), d width of the
/// head. Row i of q, out and their gradients begins at i * stride, of k, v and theirs at
/// i * kv_stride.
#pragma once

#include "framework/ops/precision.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// What is read and written of one head; all matrices are [L, d] or, of k and v, [M, d].
template <class S>
struct AttentionHead {
  using T = ComputedIn<S>;

  std::int64_t rows = 0, kv_rows = 0, width = 0, stride = 0, kv_stride = 0;
  T scale = 1;              // of the scores q kᵀ
  bool causal = false;      // a row attends to itself and to the rows before it
  const T* bias = nullptr;  // bias[j - i] is added to the score of rows i and j; null: nothing
  const S *q = nullptr, *k = nullptr, *v = nullptr;
  T* log_sum = nullptr;  // [L] log Σ exp(score) of each row, `log_sum_stride` apart
  std::int64_t log_sum_stride = 1;
  // Forward.
  S* out = nullptr;  // softmax(scale q kᵀ + bias) v
  // Backward: reads `log_sum` and the gradient of `out`.
  const S* d_out = nullptr;
  S *d_q = nullptr, *d_k = nullptr, *d_v = nullptr;
  bool adds = false;  // to d_k and d_v, which another head of the same k and v has written
};

/// The computation for one instruction set. `scratch` grows as is needed.
template <class S>
struct AttentionKernel {
  std::string name;  // "avx512"
  void (*forward)(const AttentionHead<S>& head, std::vector<ComputedIn<S>>& scratch);
  void (*backward)(const AttentionHead<S>& head, std::vector<ComputedIn<S>>& scratch);
};

/// Those that this machine can run, the fastest first. S: float, double or c10::BFloat16, which is
/// computed in float.
template <class S>
const std::vector<AttentionKernel<S>>& attention_kernels();

}  // namespace rankwise

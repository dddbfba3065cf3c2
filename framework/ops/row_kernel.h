/// Kernels over rows: a body that is compiled for every instruction set, and how it reads and
/// writes rows of any stored type.
///
/// A body is a struct of what it reads and writes, with
///     template <int kBytes> RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const
/// which works off the elements or rows from `begin` on, each in the same way wherever the blocks
/// begin, so that results do not depend on the number of threads.
#pragma once

#include "framework/ops/instruction_set.h"
#include "framework/ops/stored_vectors.h"
#include "framework/ops/vector_math.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>

namespace rankwise {

/// Whether such a kernel takes this tensor: float, double or bf16 on the CPU.
inline bool has_row_kernel(const at::Tensor& rows) {
  const c10::ScalarType type = rows.scalar_type();
  const bool known = type == c10::kFloat || type == c10::kDouble || type == c10::kBFloat16;
  return known && rows.is_cpu();
}

/// Null for an undefined tensor, which stands for nothing.
template <class T>
T* data_or_null(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

// Each works on a copy of its own, which nothing that it writes can change: its members stay in
// registers.
template <class Body>
void over_in_baseline(const Body& body, std::int64_t begin, std::int64_t end) {
  const Body own = body;
  own.template over<16>(begin, end);
}
#ifdef __x86_64__
template <class Body>
[[gnu::target("avx2,fma")]] void over_in_avx2(const Body& body, std::int64_t begin,
                                              std::int64_t end) {
  const Body own = body;
  own.template over<32>(begin, end);
}
template <class Body>
[[gnu::target("avx512f,avx512dq,avx512bw,avx512vl")]] void over_in_avx512(const Body& body,
                                                                          std::int64_t begin,
                                                                          std::int64_t end) {
  const Body own = body;
  own.template over<64>(begin, end);
}
#endif

template <class Body>
auto compiled_for(InstructionSet set) {
#ifdef __x86_64__
  if (set == InstructionSet::kAvx512) return over_in_avx512<Body>;
  if (set == InstructionSet::kAvx2) return over_in_avx2<Body>;
#endif
  return over_in_baseline<Body>;
}

/// Works off `count` items of `size` values each, in parallel where they are many.
template <class Body>
void run_kernel(const Body& body, std::int64_t count, std::int64_t size = 1) {
  constexpr std::int64_t kBlock = 16384;  // values: enough to be worth a thread
  const auto over = compiled_for<Body>(instruction_set());
  at::parallel_for(0, count, std::max<std::int64_t>(1, kBlock / size),
                   [&](std::int64_t begin, std::int64_t end) { over(body, begin, end); });
}

/// Calls step(j, left, chain) for each vector of [begin, end), which begins at j and has `left`
/// values, a constant but for the last one. Sums go by `chain`, below kChains, so that an addition
/// need not wait for the last one.
inline constexpr std::int64_t kChains = 2;
template <class T, int kBytes, class Step>
RANKWISE_INLINE void for_each_vector(std::int64_t begin, std::int64_t end, const Step& step) {
  constexpr std::int64_t kStep = lanes<T, kBytes>;
  std::int64_t j = begin;
  for (; j + 2 * kStep <= end; j += 2 * kStep) {
    step(j, kStep, 0);
    step(j + kStep, kStep, 1);
  }
  if (j + kStep <= end) {
    step(j, kStep, 0);
    j += kStep;
  }
  if (j < end) step(j, end - j, 0);
}

/// What a step is declared with.
#define RANKWISE_STEP __attribute__((always_inline))

template <class T, int kBytes>
struct Chains {
  RANKWISE_INLINE T sum() const { return sum_of<T, kBytes>(vectors[0] + vectors[1]); }

  Vector<T, kBytes> vectors[kChains] = {};
};

}  // namespace rankwise

#include "framework/ops/attention_kernel.h"

#include "framework/ops/instruction_set.h"
#include "framework/ops/stored_vectors.h"
#include "framework/ops/transpose.h"
#include "framework/ops/vector_math.h"

#include <algorithm>
#include <cmath>

// One body, inlined into a function for each instruction set. Rows of scores are worked off in
// blocks that stay in the first cache; columns are padded with zeros to whole vectors.

namespace rankwise {

namespace {

constexpr std::int64_t kBlock = 32;  // rows of scores at a time

/// Pieces of the scratch memory, each of whole vectors.
template <class T>
class Scratch {
 public:
  Scratch(std::vector<T>& memory, std::int64_t size) {
    if (memory.size() < static_cast<std::size_t>(size)) memory.resize(size);
    next_ = memory.data();
  }
  T* take(std::int64_t size) {
    T* taken = next_;
    next_ += size;
    return taken;
  }

 private:
  T* next_;
};

/// Stored rows of `width` values each, that begin `stride` apart. Behind each stands that of the
/// next head, which is fetched ahead.
template <class S>
struct StoredRows {
  S* data;
  std::int64_t stride, width;
};

/// to [rows, width in whole vectors] = scale * from; zeros behind.
template <int kBytes, class T, class S>
RANKWISE_INLINE void copy_rows(const StoredRows<const S>& from, std::int64_t rows, T scale, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) {
    const S* row = from.data + i * from.stride;
    for (std::int64_t j = 0; j < from.width; j += lanes<T, kBytes>, to += lanes<T, kBytes>) {
      store(to, read<S, kBytes>(row + j, from.width - j) * scale);
      __builtin_prefetch(row + j + from.width);
    }
  }
}

/// to = scale * from [rows, width in whole vectors], added to what stands there where kAdds.
template <int kBytes, bool kAdds, class T, class S>
RANKWISE_INLINE void write_rows(const T* from, std::int64_t rows, T scale,
                                const StoredRows<S>& to) {
  using V = Vector<T, kBytes>;
  for (std::int64_t i = 0; i < rows; ++i) {
    S* row = to.data + i * to.stride;
    for (std::int64_t j = 0; j < to.width; j += lanes<T, kBytes>, from += lanes<T, kBytes>) {
      __builtin_prefetch(row + j + to.width, 1);
      const V start = kAdds ? read<S, kBytes>(row + j, to.width - j) : V{};
      write<S, kBytes>(row + j, to.width - j, start + load<V>(from) * scale);
    }
  }
}

/// A matrix that lies as q, or as k.
template <class S, class Stored>
RANKWISE_INLINE StoredRows<Stored> queries(const AttentionHead<S>& head, Stored* data) {
  return {data, head.stride, head.width};
}
template <class S, class Stored>
RANKWISE_INLINE StoredRows<Stored> others(const AttentionHead<S>& head, Stored* data) {
  return {data, head.kv_stride, head.width};
}

/// How many rows, from the first on, the rows before `end` may attend to.
template <class S>
RANKWISE_INLINE std::int64_t reach(const AttentionHead<S>& head, std::int64_t end) {
  return head.causal ? end : head.kv_rows;
}

/// Adds the bias to the scores of row i, those that it sees.
template <class S>
RANKWISE_INLINE void add_bias(const AttentionHead<S>& head, std::int64_t i, std::int64_t seen,
                              ComputedIn<S>* row) {
  if (head.bias == nullptr) return;
  const ComputedIn<S>* bias = head.bias - i;
  for (std::int64_t j = 0; j < seen; ++j) row[j] += bias[j];
}

template <class S, int kBytes, class T = ComputedIn<S>>
RANKWISE_INLINE void forward(const AttentionHead<S>& head, std::vector<T>& memory) {
  const std::int64_t length = head.rows, kv_length = head.kv_rows;
  const std::int64_t padded = whole_vectors<T, kBytes>(kv_length);
  const std::int64_t width = whole_vectors<T, kBytes>(head.width);
  const std::int64_t block = std::min(kBlock, length);
  Scratch<T> scratch(
      memory, (length + 2 * kv_length) * width + head.width * padded + block * (padded + width));
  T* q = scratch.take(length * width);
  T* k = scratch.take(kv_length * width);
  T* v = scratch.take(kv_length * width);
  T* k_columns = scratch.take(head.width * padded);
  T* scores = scratch.take(block * padded);
  T* out = scratch.take(block * width);
  copy_rows<kBytes>(queries(head, head.q), length, head.scale, q);
  copy_rows<kBytes>(others(head, head.v), kv_length, T(1), v);
  copy_rows<kBytes>(others(head, head.k), kv_length, T(1), k);
  transpose<T, kBytes>({kv_length, head.width, k, width}, k_columns, padded);
  for (std::int64_t first = 0; first < length; first += block) {
    const std::int64_t rows = std::min(block, length - first);
    const std::int64_t most = reach(head, first + rows);
    const std::int64_t columns = whole_vectors<T, kBytes>(most);
    multiply<T, kBytes, false>({rows, columns, head.width, padded}, {q + first * width, width, 1},
                               k_columns, scores);
    for (std::int64_t i = 0; i < rows; ++i) {
      T* row = scores + i * padded;
      const std::int64_t seen = reach(head, first + i + 1);
      add_bias(head, first + i, seen, row);
      const T largest = maximum<T, kBytes>(row, seen);
      const T sum = exponentials<T, kBytes>(row, seen, largest);
      std::fill(row + seen, row + columns, T(0));
      head.log_sum[(first + i) * head.log_sum_stride] = largest + std::log(sum);
      scale_row<T, kBytes>(row, columns, 1 / sum);
    }
    multiply<T, kBytes, false>({rows, width, most, width}, {scores, padded, 1}, v, out);
    write_rows<kBytes, false>(out, rows, T(1), queries(head, head.out + first * head.stride));
  }
}

/// ds [padded] from dp: p * (dp - Σ p dp), the gradient of softmax.
template <class T, int kBytes>
RANKWISE_INLINE void softmax_gradient(const T* p, T* dp, std::int64_t padded) {
  using V = Vector<T, kBytes>;
  V products{};
  for (std::int64_t j = 0; j < padded; j += lanes<T, kBytes>) {
    products += load<V>(p + j) * load<V>(dp + j);
  }
  const T sum = sum_of<T, kBytes>(products);
  for (std::int64_t j = 0; j < padded; j += lanes<T, kBytes>) {
    store(dp + j, load<V>(p + j) * (load<V>(dp + j) - sum));
  }
}

template <class S, int kBytes, class T = ComputedIn<S>>
RANKWISE_INLINE void backward(const AttentionHead<S>& head, std::vector<T>& memory) {
  const std::int64_t length = head.rows, kv_length = head.kv_rows;
  const std::int64_t padded = whole_vectors<T, kBytes>(kv_length);
  const std::int64_t width = whole_vectors<T, kBytes>(head.width);
  const std::int64_t block = std::min(kBlock, length);
  Scratch<T> scratch(memory, (2 * length + 4 * kv_length) * width + 2 * head.width * padded +
                                 block * (2 * padded + width));
  T* q = scratch.take(length * width);
  T* k = scratch.take(kv_length * width);
  T* v = scratch.take(kv_length * width);
  T* d_out = scratch.take(length * width);
  T* d_k = scratch.take(kv_length * width);
  T* d_v = scratch.take(kv_length * width);
  T* k_columns = scratch.take(head.width * padded);
  T* v_columns = scratch.take(head.width * padded);
  T* p = scratch.take(block * padded);
  T* dp = scratch.take(block * padded);
  T* d_q = scratch.take(block * width);
  copy_rows<kBytes>(queries(head, head.q), length, head.scale, q);
  copy_rows<kBytes>(queries(head, head.d_out), length, T(1), d_out);
  copy_rows<kBytes>(others(head, head.k), kv_length, T(1), k);
  copy_rows<kBytes>(others(head, head.v), kv_length, T(1), v);
  transpose<T, kBytes>({kv_length, head.width, k, width}, k_columns, padded);
  transpose<T, kBytes>({kv_length, head.width, v, width}, v_columns, padded);
  std::fill_n(d_k, 2 * kv_length * width, T(0));  // and d_v behind it
  for (std::int64_t first = 0; first < length; first += block) {
    const std::int64_t rows = std::min(block, length - first);
    const std::int64_t most = reach(head, first + rows);
    const std::int64_t columns = whole_vectors<T, kBytes>(most);
    multiply<T, kBytes, false>({rows, columns, head.width, padded}, {q + first * width, width, 1},
                               k_columns, p);
    multiply<T, kBytes, false>({rows, columns, head.width, padded},
                               {d_out + first * width, width, 1}, v_columns, dp);
    for (std::int64_t i = 0; i < rows; ++i) {
      T* row = p + i * padded;
      const std::int64_t seen = reach(head, first + i + 1);
      add_bias(head, first + i, seen, row);
      exponentials<T, kBytes>(row, seen, head.log_sum[(first + i) * head.log_sum_stride]);
      std::fill(row + seen, row + columns, T(0));
      softmax_gradient<T, kBytes>(row, dp + i * padded, columns);
    }
    multiply<T, kBytes, true, true>({most, width, rows, width}, {p, 1, padded},
                                    d_out + first * width, d_v);
    multiply<T, kBytes, true, true>({most, width, rows, width}, {dp, 1, padded}, q + first * width,
                                    d_k);
    multiply<T, kBytes, false>({rows, width, most, width}, {dp, padded, 1}, k, d_q);
    write_rows<kBytes, false>(d_q, rows, head.scale, queries(head, head.d_q + first * head.stride));
  }
  if (head.adds) {
    write_rows<kBytes, true>(d_k, kv_length, T(1), others(head, head.d_k));
    write_rows<kBytes, true>(d_v, kv_length, T(1), others(head, head.d_v));
  } else {
    write_rows<kBytes, false>(d_k, kv_length, T(1), others(head, head.d_k));
    write_rows<kBytes, false>(d_v, kv_length, T(1), others(head, head.d_v));
  }
}

// The bodies for one instruction set.
#define RANKWISE_KERNEL(set, bytes, ...)                                 \
  template <class S>                                                     \
  __VA_ARGS__ void forward_##set(const AttentionHead<S>& head,           \
                                 std::vector<ComputedIn<S>>& scratch) {  \
    forward<S, bytes>(head, scratch);                                    \
  }                                                                      \
  template <class S>                                                     \
  __VA_ARGS__ void backward_##set(const AttentionHead<S>& head,          \
                                  std::vector<ComputedIn<S>>& scratch) { \
    backward<S, bytes>(head, scratch);                                   \
  }

RANKWISE_KERNEL(baseline, 16)
#ifdef __x86_64__
RANKWISE_KERNEL(avx2, 32, __attribute__((target("avx2,fma"))))
RANKWISE_KERNEL(avx512, 64, __attribute__((target("avx512f,avx512dq,prfchw"))))
#endif

template <class S>
AttentionKernel<S> attention_kernel_for(InstructionSet set) {
#ifdef __x86_64__
  if (set == InstructionSet::kAvx512) return {"avx512", forward_avx512<S>, backward_avx512<S>};
  if (set == InstructionSet::kAvx2) return {"avx2", forward_avx2<S>, backward_avx2<S>};
#endif
  return {"baseline", forward_baseline<S>, backward_baseline<S>};
}

}  // namespace

template <class S>
const std::vector<AttentionKernel<S>>& attention_kernels() {
  static const auto kernels = for_each_set(attention_kernel_for<S>);
  return kernels;
}
template const std::vector<AttentionKernel<float>>& attention_kernels<float>();
template const std::vector<AttentionKernel<double>>& attention_kernels<double>();
template const std::vector<AttentionKernel<c10::BFloat16>>& attention_kernels<c10::BFloat16>();

}  // namespace rankwise

#include "framework/ops/bf16_product_kernel.h"

#ifdef __x86_64__

#include "framework/ops/transpose.h"
#include "framework/ops/vector_math.h"

#include <cpuid.h>
#include <immintrin.h>

#include <algorithm>
#include <cstring>

// As product_kernel.cpp, with two steps of the inner dimension in each lane: the right factor is
// copied into panels of pairs, two vectors of columns wide, and a tile of the result stays in
// registers over the whole inner dimension, so that it is rounded once.

namespace rankwise {

namespace {

#define RANKWISE_BF16_TARGET gnu::target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16")
#define RANKWISE_BF16_INLINE [[RANKWISE_BF16_TARGET, gnu::always_inline]] inline

using c10::BFloat16;

/// Two steps of the inner dimension, the first one in the lower half.
using Pair = std::uint32_t;

constexpr std::int64_t kPairLanes = 16, kPairColumns = 2 * kPairLanes;
constexpr int kPairRows = 12;                                   // of a tile
constexpr std::int64_t kPairSlabBytes = std::int64_t{2} << 20;  // of panels, for the third cache
constexpr std::int64_t kPairRowsBytes = 384 << 10;              // of left rows, for the second

std::int64_t pairs_of(std::int64_t inner) { return (inner + 1) / 2; }

/// Columns of one panel, and how many are kept for it.
struct PairWidth {
  PairWidth(std::int64_t all, std::int64_t panel)
      : columns(std::min(kPairColumns, all - panel * kPairColumns)),
        kept(columns <= kPairLanes ? kPairLanes : kPairColumns) {}

  std::int64_t columns, kept;
};

/// What one tile is multiplied from; right [pairs, columns kept].
struct PairTerm {
  PairTerm below(std::int64_t rows) const {
    return {left + rows * left_row, left_row, right, inner};
  }

  const BFloat16* left;
  std::int64_t left_row;
  const Pair* right;
  std::int64_t inner;
};

using PairTerms = std::array<PairTerm, 2>;

/// Where a tile goes, and the bias that it starts from.
struct PairTarget {
  PairTarget below(std::int64_t rows) const { return {out + rows * row, row, columns, bias}; }

  BFloat16* out;
  std::int64_t row;  // stride
  std::int64_t columns;
  const float* bias;  // null: none
};

/// The lanes of vector j that stand for columns.
RANKWISE_BF16_INLINE __mmask16 lanes_within(std::int64_t columns, std::int64_t j) {
  const std::int64_t left = std::clamp<std::int64_t>(columns - j * kPairLanes, 0, kPairLanes);
  return static_cast<__mmask16>((1U << left) - 1);
}

template <int kRows, int kVectors>
struct PairSums {
  __m512 of[kRows][kVectors];
};

/// Adds kSteps steps, one or two; without the second one nothing is read of it.
template <int kSteps, int kRows, int kVectors>
RANKWISE_BF16_INLINE void add_pair(const BFloat16* left, std::int64_t left_row, const Pair* right,
                                   PairSums<kRows, kVectors>& sums) {
  __m512bh columns[kVectors];
#pragma GCC unroll 2
  for (int j = 0; j < kVectors; ++j)
    columns[j] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(right + j * kPairLanes));
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    Pair pair = 0;
    std::memcpy(&pair, left + i * left_row, kSteps * sizeof(BFloat16));
    const auto row = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(pair)));
#pragma GCC unroll 2
    for (int j = 0; j < kVectors; ++j)
      sums.of[i][j] = _mm512_dpbf16_ps(sums.of[i][j], row, columns[j]);
  }
}

// The loops over the tile must be unrolled: its sums live in registers.
template <int kRows, int kVectors>
RANKWISE_BF16_INLINE void multiply_pair_tile(const PairTerms& terms, const PairTarget& to) {
  PairSums<kRows, kVectors> sums;
#pragma GCC unroll 2
  for (int j = 0; j < kVectors; ++j) {
    const __m512 start = to.bias == nullptr ? _mm512_setzero_ps()
                                            : _mm512_maskz_loadu_ps(lanes_within(to.columns, j),
                                                                    to.bias + j * kPairLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sums.of[i][j] = start;
  }
  for (const PairTerm& term : terms) {
    const BFloat16* left = term.left;
    const Pair* right = term.right;
    for (std::int64_t k = term.inner / 2; k > 0; --k) {
      add_pair<2>(left, term.left_row, right, sums);
      left += 2;
      right += kVectors * kPairLanes;
    }
    if (term.inner % 2 != 0) add_pair<1>(left, term.left_row, right, sums);
  }
#pragma GCC unroll 2
  for (int j = 0; j < kVectors; ++j) {
    const __mmask16 within = lanes_within(to.columns, j);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const auto rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(sums.of[i][j]));
      _mm256_mask_storeu_epi16(to.out + i * to.row + j * kPairLanes, within, rounded);
    }
  }
}

/// Rows [0, rows) of one panel of kVectors vectors.
template <int kVectors>
RANKWISE_BF16_INLINE void multiply_pair_rows(std::int64_t rows, const PairTerms& terms,
                                             const PairTarget& to) {
  std::int64_t i = 0;
  for (; i + kPairRows <= rows; i += kPairRows)
    multiply_pair_tile<kPairRows, kVectors>({terms[0].below(i), terms[1].below(i)}, to.below(i));
  for (; i + 4 <= rows; i += 4)
    multiply_pair_tile<4, kVectors>({terms[0].below(i), terms[1].below(i)}, to.below(i));
  for (; i + 2 <= rows; i += 2)
    multiply_pair_tile<2, kVectors>({terms[0].below(i), terms[1].below(i)}, to.below(i));
  if (i < rows)
    multiply_pair_tile<1, kVectors>({terms[0].below(i), terms[1].below(i)}, to.below(i));
}

/// Where the inner dimension of the right factor lies side by side: pairs are transposed as one.
RANKWISE_BF16_INLINE void pack_inner(const ProductTerm<BFloat16>& term, const PairWidth& width,
                                     Pair* panel) {
  using V = Vector<Pair, 64>;
  for (std::int64_t first = 0; first < width.kept; first += kPairLanes) {
    const std::int64_t rows = std::min(width.columns - first, kPairLanes);
    const BFloat16* source = term.right + first * term.right_row;
    std::int64_t k = 0;  // in pairs
    for (; rows == kPairLanes && 2 * (k + kPairLanes) <= term.inner; k += kPairLanes) {
      V square[kPairLanes];
#pragma GCC unroll 16
      for (int i = 0; i < kPairLanes; ++i) square[i] = load<V>(source + i * term.right_row + 2 * k);
      transpose_square(square);
#pragma GCC unroll 16
      for (int i = 0; i < kPairLanes; ++i) store(panel + (k + i) * width.kept + first, square[i]);
    }
    for (; 2 * k < term.inner; ++k) {
      Pair* to = panel + k * width.kept + first;
      std::fill_n(to, kPairLanes, Pair{0});
      const std::size_t bytes = 2 * k + 1 < term.inner ? sizeof(Pair) : sizeof(BFloat16);
      for (std::int64_t j = 0; j < rows; ++j)
        std::memcpy(to + j, source + j * term.right_row + 2 * k, bytes);
    }
  }
}

/// The next values of one step, each in the lower half of its lane.
RANKWISE_BF16_INLINE Vector<Pair, 64> lower_halves(const BFloat16* from, __mmask16 within) {
  const __m256i stored = _mm256_maskz_loadu_epi16(within, from);
  return __builtin_convertvector(reinterpret_cast<Vector<std::uint16_t, 32>>(stored),
                                 Vector<Pair, 64>);
}

/// Where its columns do: two steps are interleaved.
RANKWISE_BF16_INLINE void pack_columns(const ProductTerm<BFloat16>& term, const PairWidth& width,
                                       Pair* panel) {
  for (std::int64_t k = 0; k < term.inner; k += 2) {
    const BFloat16* from = term.right + k * term.right_column;
    for (std::int64_t first = 0; first < width.kept; first += kPairLanes) {
      const __mmask16 within = lanes_within(width.columns - first, 0);
      Vector<Pair, 64> pairs = lower_halves(from + first, within);
      if (k + 1 < term.inner) pairs |= lower_halves(from + term.right_column + first, within) << 16;
      store(panel, pairs);
      panel += kPairLanes;
    }
  }
}

/// Panels [first, first + count) of the task, which lie one after another in `slab`.
struct PairSlab {
  std::int64_t first, count;
  Pair* pairs;
  std::int64_t size;  // of each
};

RANKWISE_BF16_INLINE void pack_slab(const Bf16ProductTask& task, const PairSlab& slab) {
  for (std::int64_t p = 0; p < slab.count; ++p) {
    const PairWidth width(task.columns, slab.first + p);
    Pair* panel = slab.pairs + p * slab.size;
    for (ProductTerm<BFloat16> term : task.terms) {
      term.right += (slab.first + p) * kPairColumns * term.right_row;
      if (term.right_column == 1) {
        pack_inner(term, width, panel);
      } else {
        pack_columns(term, width, panel);
      }
      panel += pairs_of(term.inner) * width.kept;
    }
  }
}

/// Rows [row, row + count) of a packed slab.
RANKWISE_BF16_INLINE void multiply_pair_slab(const Bf16ProductTask& task, const PairSlab& slab,
                                             std::int64_t row, std::int64_t count) {
  const auto& [first, second] = task.terms;
  for (std::int64_t p = 0; p < slab.count; ++p) {
    const std::int64_t column = (slab.first + p) * kPairColumns;
    const PairWidth width(task.columns, slab.first + p);
    const Pair* panel = slab.pairs + p * slab.size;
    const Pair* behind = panel + pairs_of(first.inner) * width.kept;
    const PairTerms terms{PairTerm{first.left, first.left_row, panel, first.inner}.below(row),
                          PairTerm{second.left, second.left_row, behind, second.inner}.below(row)};
    const PairTarget to = PairTarget{task.out + column, task.out_row, width.columns,
                                     task.bias != nullptr ? task.bias + column : nullptr}
                              .below(row);
    if (width.kept == kPairColumns) {
      multiply_pair_rows<2>(count, terms, to);
    } else {
      multiply_pair_rows<1>(count, terms, to);
    }
  }
}

[[RANKWISE_BF16_TARGET]] void multiply_bf16(const Bf16ProductTask& task,
                                            std::vector<std::uint32_t>& scratch) {
  const std::int64_t pairs = pairs_of(task.terms[0].inner) + pairs_of(task.terms[1].inner);
  const std::int64_t size = std::max<std::int64_t>(pairs, 1) * kPairColumns;
  const std::int64_t tile_bytes = std::max<std::int64_t>(pairs, 1) * sizeof(Pair) * kPairRows;
  const std::int64_t block = std::max<std::int64_t>(1, kPairRowsBytes / tile_bytes) * kPairRows;
  const std::int64_t all = (task.columns + kPairColumns - 1) / kPairColumns;
  // Rows that are one block read each panel once: it need not outlive the next one's packing.
  const std::int64_t most = task.rows <= block ? 1 : kPairSlabBytes / (size * sizeof(Pair));
  const std::int64_t panels = std::clamp<std::int64_t>(most, 1, std::max<std::int64_t>(all, 1));
  if (scratch.size() < static_cast<std::size_t>(panels * size)) scratch.resize(panels * size);
  for (std::int64_t first = 0; first < all; first += panels) {
    const PairSlab slab{first, std::min(panels, all - first), scratch.data(), size};
    pack_slab(task, slab);
    for (std::int64_t row = 0; row < task.rows; row += block)
      multiply_pair_slab(task, slab, row, std::min(block, task.rows - row));
  }
}

bool has_bf16_products() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bf16");
}

bool has_amx_bf16() {
  // By its bit: not every compiler knows the name.
  constexpr unsigned kAmxBf16 = 1U << 22;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kAmxBf16) != 0;
}

}  // namespace

Bf16ProductKernel bf16_product_kernel() {
  static const Bf16ProductKernel kKernel =
      has_bf16_products() && !has_amx_bf16() ? multiply_bf16 : nullptr;
  return kKernel;
}

}  // namespace rankwise

#else

namespace rankwise {

Bf16ProductKernel bf16_product_kernel() { return nullptr; }

}  // namespace rankwise

#endif

#include "framework/ops/product_kernel.h"

#include "framework/ops/instruction_set.h"
#include "framework/ops/transpose.h"
#include "framework/ops/vector_math.h"

#include <algorithm>
#include <type_traits>

// The right factor is copied into panels, two vectors of columns wide, in the order in which the
// inner loop reads them; a tile of the result, a few rows of one panel, stays in registers over
// the whole inner dimension. (Goto and van de Geijn, "Anatomy of high-performance matrix
// multiplication", 2008.)

namespace rankwise {

namespace {

constexpr std::int64_t kSlabBytes = std::int64_t{2} << 20;  // of panels, for the third cache
constexpr std::int64_t kRowsBytes = 384 << 10;              // of left rows, for the second
constexpr std::int64_t kLongestInner = 2048;                // of one sweep over the result
constexpr std::int64_t kFewRows = 32;      // up to here a panel is read where it stands
constexpr std::int64_t kDirectInner = 64;  // so long at a time, for the cache

template <int kBytes>
inline constexpr int rows_of_tile = kBytes == 64   ? 14
                                    : kBytes == 32 ? 6
                                                   : 4;

/// What one tile is multiplied from: right [inner, panel's columns], `right_row` apart.
template <class T>
struct TileTerm {
  Left<T> left;
  const T* right;
  std::int64_t right_row, inner;
  bool fetches = false;  // the next tile's rows, which no panel has read yet

  RANKWISE_INLINE TileTerm below(std::int64_t rows) const {
    return {left.from(rows), right, right_row, inner, fetches};
  }
};

template <class T>
using TileTerms = std::array<TileTerm<T>, 2>;

/// Where a tile goes and what it starts from.
template <class T>
struct Target {
  T* out;
  std::int64_t row;  // stride
  const T* bias;     // of the panel's columns; null: zero
  bool adds;

  RANKWISE_INLINE Target below(std::int64_t rows) const {
    return {out + rows * row, row, bias, adds};
  }
};

/// Hides from the compiler what a value was made of. With 16 registers GCC 12 makes each pointer of
/// a row from others, and each vector from memory, wherever they are used: half of the machine's
/// speed.
template <int kBytes, class T>
RANKWISE_INLINE T apart(T value) {
#ifdef __x86_64__
  if constexpr (std::is_pointer_v<T>) {
    asm("" : "+r"(value));
  } else if constexpr (kBytes == 32) {
    asm("" : "+x"(value));
  }
#endif
  return value;
}

/// sum += the term's product. kSideBySide: both sides are read without gaps, which the compiler
/// must know to make of this loop what the machine can do; else the next rows of the right side are
/// fetched ahead, which no machine foresees.
template <class T, int kBytes, int kRows, int kVectors, bool kSideBySide>
RANKWISE_INLINE void add_term(const TileTerm<T>& term, Vector<T, kBytes> (&sum)[kRows][kVectors]) {
  using V = Vector<T, kBytes>;
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  const std::int64_t left_column = kSideBySide ? 1 : term.left.column;
  const std::int64_t right_row = kSideBySide ? kVectors * kLanes : term.right_row;
  constexpr int kGroups = (kRows + 2) / 3;  // of three rows, none, one and two strides behind
  const T* left[kGroups];
#pragma GCC unroll 16
  for (int g = 0; g < kGroups; ++g) left[g] = apart<kBytes>(term.left.data + 3 * g * term.left.row);
  const T* next_left = term.left.data + kRows * term.left.row;
  const T* right_at = term.right;
  const bool fetches = kSideBySide && term.fetches;
  for (std::int64_t k = 0; k < term.inner; ++k, right_at += right_row) {
    if (fetches) __builtin_prefetch(next_left + k * kLanes);
    V right[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      right[j] = apart<kBytes>(load<V>(right_at + j * kLanes));
      if (!kSideBySide) __builtin_prefetch(right_at + kDirectInner * right_row + j * kLanes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const T one = left[i / 3][i % 3 * term.left.row];
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sum[i][j] += one * right[j];
    }
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) left[g] = apart<kBytes>(left[g] + left_column);
  }
}

// The loops over the tile must be unrolled: its sums live in registers.
template <class T, int kBytes, int kRows, int kVectors>
RANKWISE_INLINE void multiply_tile(const TileTerms<T>& terms, const Target<T>& to) {
  using V = Vector<T, kBytes>;
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  V sum[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      const T* start = to.adds ? to.out + i * to.row : to.bias;
      __builtin_prefetch(to.out + i * to.row + j * kLanes, 1);  // to be written
      sum[i][j] = start != nullptr ? load<V>(start + j * kLanes) : V{};
    }
  }
  for (const TileTerm<T>& term : terms) {
    if (term.left.column == 1 && term.right_row == kVectors * kLanes) {
      add_term<T, kBytes, kRows, kVectors, true>(term, sum);
    } else {
      add_term<T, kBytes, kRows, kVectors, false>(term, sum);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) store(to.out + i * to.row + j * kLanes, sum[i][j]);
  }
}

// A function of its own for each instruction set, for its sums need every register: inlined, GCC 12
// keeps one of them in memory, at half of the machine's speed.
#define RANKWISE_TILE(bytes, ...)                                               \
  template <class T, int kRows, int kVectors>                                   \
  [[gnu::noinline]] __VA_ARGS__ void tile_of_##bytes(const TileTerms<T>& terms, \
                                                     const Target<T>& to) {     \
    multiply_tile<T, bytes, kRows, kVectors>(terms, to);                        \
  }

RANKWISE_TILE(16)
#ifdef __x86_64__
RANKWISE_TILE(32, __attribute__((target("avx2,fma"))))
RANKWISE_TILE(64, __attribute__((target("avx512f,avx512dq,prfchw"))))
#endif

template <class T, int kBytes, int kRows, int kVectors>
RANKWISE_INLINE void run_tile(const TileTerms<T>& terms, const Target<T>& to) {
#ifdef __x86_64__
  if constexpr (kBytes == 64) tile_of_64<T, kRows, kVectors>(terms, to);
  if constexpr (kBytes == 32) tile_of_32<T, kRows, kVectors>(terms, to);
#endif
  if constexpr (kBytes == 16) tile_of_16<T, kRows, kVectors>(terms, to);
}

/// As many tiles of kRows rows as fit into rows [first, rows); the first row that is left.
template <class T, int kBytes, int kRows, int kVectors>
RANKWISE_INLINE std::int64_t multiply_tiles(std::int64_t first, std::int64_t rows,
                                            const TileTerms<T>& terms, const Target<T>& to) {
  for (; first + kRows <= rows; first += kRows) {
    run_tile<T, kBytes, kRows, kVectors>({terms[0].below(first), terms[1].below(first)},
                                         to.below(first));
  }
  return first;
}

/// Rows [0, rows) of one panel of kVectors whole vectors.
template <class T, int kBytes, int kVectors>
RANKWISE_INLINE void multiply_rows(std::int64_t rows, const TileTerms<T>& terms,
                                   const Target<T>& to) {
  constexpr int kRows = rows_of_tile<kBytes>;
  std::int64_t first = multiply_tiles<T, kBytes, kRows, kVectors>(0, rows, terms, to);
  if constexpr (kRows > 8) first = multiply_tiles<T, kBytes, 8, kVectors>(first, rows, terms, to);
  first = multiply_tiles<T, kBytes, 4, kVectors>(first, rows, terms, to);
  first = multiply_tiles<T, kBytes, 2, kVectors>(first, rows, terms, to);
  multiply_tiles<T, kBytes, 1, kVectors>(first, rows, terms, to);
}

/// The same of a panel that has fewer columns than vectors hold: its tiles are made beside.
template <class T, int kBytes, int kVectors>
RANKWISE_INLINE void multiply_narrow(std::int64_t rows, std::int64_t columns,
                                     const TileTerms<T>& terms, const Target<T>& to) {
  constexpr int kRows = rows_of_tile<kBytes>;
  constexpr std::int64_t kWidth = kVectors * lanes<T, kBytes>;
  T tile[kRows * kWidth] = {};
  for (std::int64_t i = 0; i < rows; i += kRows) {
    const std::int64_t count = std::min<std::int64_t>(kRows, rows - i);
    const Target<T> here = to.below(i);
    if (to.adds) {
      for (std::int64_t r = 0; r < count; ++r)
        std::copy_n(here.out + r * to.row, columns, tile + r * kWidth);
    }
    multiply_rows<T, kBytes, kVectors>(count, {terms[0].below(i), terms[1].below(i)},
                                       {tile, kWidth, to.bias, to.adds});
    for (std::int64_t r = 0; r < count; ++r)
      std::copy_n(tile + r * kWidth, columns, here.out + r * to.row);
  }
}

template <class T, int kBytes>
RANKWISE_INLINE void multiply_panel(std::int64_t rows, std::int64_t columns,
                                    const TileTerms<T>& terms, const Target<T>& to) {
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  if (columns == 2 * kLanes) {
    multiply_rows<T, kBytes, 2>(rows, terms, to);
  } else if (columns == kLanes) {
    multiply_rows<T, kBytes, 1>(rows, terms, to);
  } else if (columns > kLanes) {
    multiply_narrow<T, kBytes, 2>(rows, columns, terms, to);
  } else {
    multiply_narrow<T, kBytes, 1>(rows, columns, terms, to);
  }
}

/// Columns of one panel, and how many are kept for it.
template <class T, int kBytes>
struct PanelWidth {
  static constexpr std::int64_t kLanes = lanes<T, kBytes>, kWidest = 2 * kLanes;

  RANKWISE_INLINE PanelWidth(std::int64_t all, std::int64_t panel)
      : columns(std::min(kWidest, all - panel * kWidest)),
        kept(columns <= kLanes ? kLanes : kWidest) {}

  std::int64_t columns, kept;
};

/// panel [inner, kept] = columns [0, columns) of the transposed right factor; zeros behind.
template <class T, int kBytes>
RANKWISE_INLINE void pack_panel(const ProductTerm<T>& term, const PanelWidth<T, kBytes>& width,
                                T* panel) {
  if (term.right_column == 1) {
    transpose<T, kBytes>({width.columns, term.inner, term.right, term.right_row}, panel,
                         width.kept);
    return;
  }
  for (std::int64_t k = 0; k < term.inner; ++k) {
    const T* from = term.right + k * term.right_column;
    T* to = panel + k * width.kept;
    if (term.right_row == 1 && width.columns == width.kept) {
      for (std::int64_t j = 0; j < width.columns; j += lanes<T, kBytes>)
        store(to + j, load<Vector<T, kBytes>>(from + j));
      continue;
    }
    for (std::int64_t j = 0; j < width.columns; ++j) to[j] = from[j * term.right_row];
    std::fill(to + width.columns, to + width.kept, T(0));
  }
}

/// The rows of all panels of a slab, packed one after another with the bias of each behind it.
template <class T, int kBytes>
RANKWISE_INLINE void multiply_slab(const ProductTask<T>& task, std::int64_t first_panel,
                                   std::int64_t panels, T* slab) {
  constexpr std::int64_t kWidest = PanelWidth<T, kBytes>::kWidest;
  const std::int64_t inner = task.terms[0].inner + task.terms[1].inner;
  const std::int64_t size = (inner + 1) * kWidest;
  for (std::int64_t p = 0; p < panels; ++p) {
    const std::int64_t column = (first_panel + p) * kWidest;
    const PanelWidth<T, kBytes> width(task.columns, first_panel + p);
    T* panel = slab + p * size;
    for (ProductTerm<T> term : task.terms) {
      term.right += column * term.right_row;
      pack_panel<T, kBytes>(term, width, panel);
      panel += term.inner * width.kept;
    }
    if (task.bias != nullptr) std::copy_n(task.bias + column, width.columns, panel);
  }
  constexpr std::int64_t kTile = rows_of_tile<kBytes>;
  const std::int64_t row_bytes = inner * static_cast<std::int64_t>(sizeof(T));
  const std::int64_t block = std::max<std::int64_t>(1, kRowsBytes / (row_bytes * kTile)) * kTile;
  for (std::int64_t row = 0; row < task.rows; row += block) {
    for (std::int64_t p = 0; p < panels; ++p) {
      const PanelWidth<T, kBytes> width(task.columns, first_panel + p);
      const auto& [first, second] = task.terms;
      const T* panel = slab + p * size;
      const T* behind = panel + first.inner * width.kept;
      const TileTerms<T> terms{TileTerm<T>{{first.left, first.left_row, first.left_column},
                                           panel,
                                           width.kept,
                                           first.inner,
                                           p == 0},
                               TileTerm<T>{{second.left, second.left_row, second.left_column},
                                           behind,
                                           width.kept,
                                           second.inner}};
      const Target<T> to{task.out + (first_panel + p) * kWidest, task.out_row,
                         task.bias != nullptr ? behind + second.inner * width.kept : nullptr,
                         task.adds};
      multiply_panel<T, kBytes>(std::min(block, task.rows - row), width.columns,
                                {terms[0].below(row), terms[1].below(row)}, to.below(row));
    }
  }
}

template <class T, int kBytes>
RANKWISE_INLINE void multiply_packed(const ProductTask<T>& task, std::vector<T>& scratch) {
  constexpr std::int64_t kWidest = PanelWidth<T, kBytes>::kWidest;
  const std::int64_t size = (task.terms[0].inner + task.terms[1].inner + 1) * kWidest;
  const std::int64_t all = (task.columns + kWidest - 1) / kWidest;
  const std::int64_t bytes = size * static_cast<std::int64_t>(sizeof(T));
  const std::int64_t panels = std::clamp<std::int64_t>(kSlabBytes / bytes, 1, all);
  if (scratch.size() < static_cast<std::size_t>(panels * size)) scratch.resize(panels * size);
  for (std::int64_t first = 0; first < all; first += panels) {
    multiply_slab<T, kBytes>(task, first, std::min(panels, all - first), scratch.data());
  }
}

/// For few rows, whose result stays in the cache: the right factor's columns lie side by side and
/// are read once, so that copying them would cost as much as the product.
template <class T, int kBytes>
RANKWISE_INLINE void multiply_direct(const ProductTask<T>& task) {
  constexpr std::int64_t kWidest = PanelWidth<T, kBytes>::kWidest;
  const ProductTerm<T>& term = task.terms[0];
  for (std::int64_t column = 0; column < task.columns; column += kWidest) {
    const TileTerm<T> tile{{term.left, term.left_row, term.left_column},
                           term.right + column,
                           term.right_column,
                           term.inner};
    multiply_panel<T, kBytes>(task.rows, kWidest, {tile, TileTerm<T>{tile.left, nullptr, 0, 0}},
                              {task.out + column, task.out_row,
                               task.bias != nullptr ? task.bias + column : nullptr, task.adds});
  }
}

/// Steps [first, first + count) of a term's inner dimension.
template <class T>
RANKWISE_INLINE ProductTerm<T> slice(ProductTerm<T> term, std::int64_t first, std::int64_t count) {
  term.left += first * term.left_column;
  term.right += first * term.right_column;
  term.inner = count;
  return term;
}

/// One sweep over the result.
template <class T, int kBytes, bool kDirect>
RANKWISE_INLINE void sweep(const ProductTask<T>& task, std::vector<T>& scratch) {
  if constexpr (kDirect) {
    multiply_direct<T, kBytes>(task);
  } else {
    multiply_packed<T, kBytes>(task, scratch);
  }
}

/// The sweeps that make up the task, none with more steps of the inner dimension than a cache
/// holds. No lambda: it would not be compiled for the instruction set.
template <class T, int kBytes, bool kDirect>
RANKWISE_INLINE void run_sweeps(const ProductTask<T>& task, std::vector<T>& scratch) {
  constexpr std::int64_t kLongest = kDirect ? kDirectInner : kLongestInner;
  if (task.terms[0].inner + task.terms[1].inner <= kLongest) {
    sweep<T, kBytes, kDirect>(task, scratch);
    return;
  }
  ProductTask<T> part = task;
  part.terms[1].inner = 0;
  for (const ProductTerm<T>& term : task.terms) {
    for (std::int64_t first = 0; first < term.inner; first += kLongest) {
      part.terms[0] = slice(term, first, std::min(kLongest, term.inner - first));
      sweep<T, kBytes, kDirect>(part, scratch);
      part.adds = true;
    }
  }
}

template <class T, int kBytes>
RANKWISE_INLINE void run(const ProductTask<T>& task, std::vector<T>& scratch) {
  constexpr std::int64_t kWidest = PanelWidth<T, kBytes>::kWidest;
  const bool direct =
      task.rows <= kFewRows && task.terms[0].right_row == 1 && task.terms[1].inner == 0;
  const std::int64_t whole = direct ? task.columns / kWidest * kWidest : 0;
  if (whole > 0) run_sweeps<T, kBytes, true>(columns_of(task, 0, whole), scratch);
  if (whole == task.columns) return;
  run_sweeps<T, kBytes, false>(columns_of(task, whole, task.columns), scratch);
}

// The body for one instruction set.
#define RANKWISE_PRODUCT(set, bytes, ...)                                               \
  template <class T>                                                                    \
  __VA_ARGS__ void product_##set(const ProductTask<T>& task, std::vector<T>& scratch) { \
    run<T, bytes>(task, scratch);                                                       \
  }

RANKWISE_PRODUCT(baseline, 16)
#ifdef __x86_64__
RANKWISE_PRODUCT(avx2, 32, __attribute__((target("avx2,fma"))))
RANKWISE_PRODUCT(avx512, 64, __attribute__((target("avx512f,avx512dq,prfchw"))))
#endif

template <class T>
ProductKernel<T> product_kernel_for(InstructionSet set) {
#ifdef __x86_64__
  if (set == InstructionSet::kAvx512) return {"avx512", product_avx512<T>};
  if (set == InstructionSet::kAvx2) return {"avx2", product_avx2<T>};
#endif
  return {"baseline", product_baseline<T>};
}

}  // namespace

template <class T>
const std::vector<ProductKernel<T>>& product_kernels() {
  static const auto kernels = for_each_set(product_kernel_for<T>);
  return kernels;
}
template const std::vector<ProductKernel<float>>& product_kernels<float>();
template const std::vector<ProductKernel<double>>& product_kernels<double>();

}  // namespace rankwise

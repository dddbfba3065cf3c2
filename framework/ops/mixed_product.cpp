#include "framework/ops/mixed_product.h"

#include "framework/ops/row_kernel.h"

#include <algorithm>
#include <vector>

namespace rankwise {

namespace {

using c10::BFloat16;

// Rows of a block: so many that packing the other factor anew costs little, and a second cache
// holds them.
constexpr std::int64_t kBlockRows = 128;

/// Rows of `width` values, `from_row` apart, into rows that follow one another.
struct WidenRows {
  const BFloat16* from;
  std::int64_t from_row, width;
  float* to;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t row = begin; row < end; ++row) {
      const BFloat16* source = from + row * from_row;
      float* target = to + row * width;
      for (std::int64_t j = 0; j < width; j += lanes<float, kBytes>)
        write<float, kBytes>(target + j, width - j, read<BFloat16, kBytes>(source + j, width - j));
    }
  }
};

/// The values of a block, valid until the next call in this thread.
const float* widened(const BFloat16* from, std::int64_t from_row, std::int64_t rows,
                     std::int64_t width) {
  static thread_local std::vector<float> values;
  const auto size = static_cast<std::size_t>(rows * width);
  if (values.size() < size) values.resize(size);
  compiled_for<WidenRows>(instruction_set())({from, from_row, width, values.data()}, 0, rows);
  return values.data();
}

void multiply_wide(const ProductTask<float>& task) {
  static thread_local std::vector<float> scratch;
  product_kernels<float>().front().run(task, scratch);
}

}  // namespace

void multiply_mixed(const ProductTask<BFloat16, float, float>& task) {
  const auto& term = task.terms[0];
  for (std::int64_t first = 0; first < task.rows; first += kBlockRows) {
    const std::int64_t rows = std::min(kBlockRows, task.rows - first);
    const float* left = widened(term.left + first * term.left_row, term.left_row, rows, term.inner);
    const ProductTerm<float> part{left,           term.inner,        1,         term.right,
                                  term.right_row, term.right_column, term.inner};
    multiply_wide({.rows = rows,
                   .columns = task.columns,
                   .terms = {part, {}},
                   .bias = task.bias,
                   .out = task.out + first * task.out_row,
                   .out_row = task.out_row});
  }
}

void multiply_mixed(const ProductTask<float, BFloat16, float>& task) {
  const auto& term = task.terms[0];
  std::int64_t first = 0;
  do {  // once even of nothing, which is the bias or zero
    const std::int64_t steps = std::min(kBlockRows, term.inner - first);
    const float* right =
        widened(term.right + first * term.right_column, term.right_column, steps, task.columns);
    const ProductTerm<float> part{term.left + first * term.left_column,
                                  term.left_row,
                                  term.left_column,
                                  right,
                                  1,
                                  task.columns,
                                  steps};
    multiply_wide({.rows = task.rows,
                   .columns = task.columns,
                   .terms = {part, {}},
                   .bias = first == 0 ? task.bias : nullptr,
                   .adds = first > 0,
                   .out = task.out,
                   .out_row = task.out_row});
    first += steps;
  } while (first < term.inner);
}

}  // namespace rankwise

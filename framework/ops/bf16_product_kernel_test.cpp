// Products of bf16, where this machine has an instruction for them, against plain loops.

#include "framework/ops/bf16_product_kernel.h"

#include "framework/core/seed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rankwise {
namespace {

using c10::BFloat16;

constexpr std::int64_t kGap = 3;  // numbers between rows, each NaN: none may be read

/// Rows of `width` numbers, one gap behind each.
std::vector<BFloat16> rows_with_gaps(std::int64_t rows, std::int64_t width, const char* name) {
  Random random = Seed(3).stream(name).random();
  std::vector<BFloat16> values(static_cast<std::size_t>(rows * (width + kGap)),
                               std::numeric_limits<float>::quiet_NaN());
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < width; ++j)
      values[i * (width + kGap) + j] = static_cast<float>(random.normal());
  }
  return values;
}

/// Rows, columns, the two inner dimensions; `right_t`: stored transposed.
struct Bf16Shape {
  std::int64_t rows, columns, inner, second;
  bool right_t;
};

struct Bf16Factors {
  Bf16Factors(const Bf16Shape& s, std::int64_t inner_size, const char* name)
      : inner(inner_size),
        right_t(s.right_t),
        right_stride((s.right_t ? s.columns : inner) + kGap),
        left(rows_with_gaps(s.rows, inner, name)),
        right(rows_with_gaps(s.right_t ? inner : s.columns, right_stride - kGap, "right")) {}

  ProductTerm<BFloat16> term() const {
    return {.left = left.data(),
            .left_row = inner + kGap,
            .left_column = 1,
            .right = right.data(),
            .right_row = right_t ? 1 : right_stride,
            .right_column = right_t ? right_stride : 1,
            .inner = inner};
  }

  double value_of(std::int64_t row, std::int64_t column) const {
    const ProductTerm<BFloat16> t = term();
    double sum = 0;
    for (std::int64_t k = 0; k < inner; ++k) {
      sum += static_cast<double>(t.left[row * t.left_row + k]) *
             static_cast<double>(t.right[column * t.right_row + k * t.right_column]);
    }
    return sum;
  }

  std::int64_t inner;
  bool right_t;
  std::int64_t right_stride;
  std::vector<BFloat16> left, right;
};

void expect_bf16_product(Bf16ProductKernel run, const Bf16Shape& s) {
  const Bf16Factors first(s, s.inner, "x"), second(s, s.second, "h");
  std::vector<float> bias(static_cast<std::size_t>(s.columns), 0.5F);
  std::vector<BFloat16> out(static_cast<std::size_t>(s.rows * (s.columns + kGap)), 7.0F);
  std::vector<std::uint32_t> scratch;
  run({.rows = s.rows,
       .columns = s.columns,
       .terms = {first.term(), second.term()},
       .bias = bias.data(),
       .out = out.data(),
       .out_row = s.columns + kGap},
      scratch);
  const double sums = 1e-6 * std::sqrt(static_cast<double>(s.inner + s.second + 1));  // of fp32
  double worst = 0;
  for (std::int64_t i = 0; i < s.rows; ++i) {
    const BFloat16* row = out.data() + i * (s.columns + kGap);
    for (std::int64_t j = 0; j < s.columns; ++j) {
      const double exact = bias[j] + first.value_of(i, j) + second.value_of(i, j);
      const double off = std::abs(static_cast<double>(row[j]) - exact);
      ASSERT_FALSE(std::isnan(off)) << row[j];
      worst = std::max(worst, off / (std::abs(exact) / 256 + sums));
    }
    for (std::int64_t j = 0; j < kGap; ++j) EXPECT_EQ(row[s.columns + j], 7.0F) << "behind a row";
  }
  EXPECT_LE(worst, 1) << s.rows << " x " << s.inner << "+" << s.second << " x " << s.columns;
}

TEST(ProductKernel, OfBf16IsOneRoundingOfPlainLoops) {
  const Bf16ProductKernel run = bf16_product_kernel();
  if (run == nullptr) GTEST_SKIP() << "no AVX512-BF16";
  for (const bool right_t : {false, true}) {
    for (const auto& [rows, columns, inner, second] : {std::array<std::int64_t, 4>{5, 8, 3, 0},
                                                       {37, 100, 40, 7},
                                                       {37, 33, 41, 8},
                                                       {9, 64, 0, 8},
                                                       {1, 17, 2101, 30},
                                                       {21, 1, 1, 1},
                                                       {300, 70, 1500, 5},
                                                       {12, 16, 33, 0},
                                                       {0, 16, 8, 0},
                                                       {3, 5, 0, 0}}) {
      expect_bf16_product(run, {rows, columns, inner, second, right_t});
    }
  }
}

}  // namespace
}  // namespace rankwise

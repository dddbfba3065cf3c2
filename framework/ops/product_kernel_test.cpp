// Products of every instruction set of this machine, against plain loops.

#include "framework/ops/product_kernel.h"

#include "framework/core/seed.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise {
namespace {

template <class T>
std::vector<T> numbers(std::int64_t count, const char* name) {
  Random random = Seed(3).stream(name).random();
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& value : values) value = static_cast<T>(random.normal());
  return values;
}

/// Rows, columns, the two inner dimensions; `left_t` and `right_t`: stored transposed.
struct ProductShape {
  std::int64_t rows, columns, inner, second;
  bool left_t, right_t, adds;
};

template <class T>
ProductTerm<T> term(const std::vector<T>& left, const std::vector<T>& right,
                    const ProductShape& shape, std::int64_t inner) {
  return {.left = left.data(),
          .left_row = shape.left_t ? 1 : inner,
          .left_column = shape.left_t ? shape.rows : 1,
          .right = right.data(),
          .right_row = shape.right_t ? 1 : inner,
          .right_column = shape.right_t ? shape.columns : 1,
          .inner = inner};
}

template <class T>
double value_of(const ProductTerm<T>& term, std::int64_t row, std::int64_t column) {
  double sum = 0;
  for (std::int64_t k = 0; k < term.inner; ++k) {
    sum += static_cast<double>(term.left[row * term.left_row + k * term.left_column]) *
           static_cast<double>(term.right[column * term.right_row + k * term.right_column]);
  }
  return sum;
}

template <class T>
void expect_product(const ProductKernel<T>& kernel, const ProductShape& s, double tolerance) {
  const auto x = numbers<T>(s.rows * s.inner, "x"), w = numbers<T>(s.columns * s.inner, "w");
  const auto h = numbers<T>(s.rows * s.second, "h"), b = numbers<T>(s.columns * s.second, "b");
  const auto bias = numbers<T>(s.columns, "bias"), start = numbers<T>(s.rows * s.columns, "start");
  std::vector<T> out = start, scratch;
  ProductTask<T> task{.rows = s.rows,
                      .columns = s.columns,
                      .terms = {term(x, w, s, s.inner), term(h, b, s, s.second)},
                      .bias = s.adds ? nullptr : bias.data(),
                      .adds = s.adds,
                      .out = out.data(),
                      .out_row = s.columns};
  kernel.run(task, scratch);
  double worst = 0;
  for (std::int64_t i = 0; i < s.rows * s.columns; ++i) {
    const std::int64_t row = i / s.columns, column = i % s.columns;
    const double exact = (s.adds ? start[i] : bias[column]) + value_of(task.terms[0], row, column) +
                         value_of(task.terms[1], row, column);
    worst = std::max(worst, std::abs(static_cast<double>(out[i]) - exact));
  }
  EXPECT_LE(worst, tolerance * std::sqrt(static_cast<double>(s.inner + s.second + 1)))
      << kernel.name << " " << s.rows << " x " << s.inner << "+" << s.second << " x " << s.columns;
}

template <class T>
void expect_products(double tolerance) {
  for (const ProductKernel<T>& kernel : product_kernels<T>()) {
    for (const ProductShape& shape : {ProductShape{5, 8, 3, 0, false, false, false},
                                      {37, 100, 40, 7, false, false, false},
                                      {37, 33, 40, 7, false, true, true},
                                      {9, 64, 0, 8, false, false, false},
                                      {8, 100, 150, 0, true, true, false},
                                      {64, 100, 150, 0, true, true, true},
                                      {1, 17, 2100, 30, false, false, false},
                                      {21, 1, 2100, 0, false, true, true},
                                      {0, 16, 8, 0, false, false, false}}) {
      expect_product(kernel, shape, tolerance);
    }
  }
}

TEST(ProductKernel, IsThatOfPlainLoops) {
  expect_products<float>(1e-5);
  expect_products<double>(1e-14);
}

}  // namespace
}  // namespace rankwise

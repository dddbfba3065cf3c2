/// Products of matrices on the CPU, for the widest vectors of the machine: a sum of products is
/// made in one sweep over its result, so that h Bᵀ and a bias cost no pass of their own.
///
/// A row of the result is computed alike whatever rows stand around it: its bits depend on its own
/// inputs alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// left [N, inner] times the transpose of right [columns, inner], each with any strides.
template <class L, class R = L>
struct ProductTerm {
  const L* left = nullptr;
  std::int64_t left_row = 0, left_column = 0;
  const R* right = nullptr;
  std::int64_t right_row = 0, right_column = 0;
  std::int64_t inner = 0;
};

/// out [N, columns] = bias + the terms, or adds them to what stands there.
template <class L, class R = L, class Out = L, class Sum = Out>
struct ProductTask {
  std::int64_t rows = 0, columns = 0;
  std::array<ProductTerm<L, R>, 2> terms;  // of the second one `inner` may be 0
  const Sum* bias = nullptr;               // [columns]; null: none
  bool adds = false;                       // instead of the bias
  Out* out = nullptr;
  std::int64_t out_row = 0;  // stride
};

/// Rows [first, end) of a task's result.
template <class Task>
Task rows_of(Task task, std::int64_t first, std::int64_t end) {
  for (auto& term : task.terms) term.left += first * term.left_row;
  task.out += first * task.out_row;
  task.rows = end - first;
  return task;
}

/// Columns [first, end) of it.
template <class Task>
Task columns_of(Task task, std::int64_t first, std::int64_t end) {
  for (auto& term : task.terms) term.right += first * term.right_row;
  if (task.bias != nullptr) task.bias += first;
  task.out += first;
  task.columns = end - first;
  return task;
}

/// The computation for one instruction set. `scratch` grows as is needed.
template <class T>
struct ProductKernel {
  std::string name;  // "avx512"
  void (*run)(const ProductTask<T>& task, std::vector<T>& scratch);
};

/// Those that this machine can run, the fastest first. T: float or double.
template <class T>
const std::vector<ProductKernel<T>>& product_kernels();

}  // namespace rankwise

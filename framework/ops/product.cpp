#include "framework/ops/product.h"

#include "framework/core/switches.h"
#include "framework/ops/instruction_set.h"
#include "framework/ops/product_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/types.h>

#include <optional>
#include <string_view>
#include <vector>

namespace rankwise {

namespace {

const Switch packed_switch(
    "packed-products",
    "products in fp32 and fp64 by a kernel that sums two of them in one sweep, on processors with "
    "AVX-512 or AVX2; without: by LibTorch's libraries");
const Switch onednn_switch(
    "onednn-products",
    "fp32 products that no kernel of ours makes by oneDNN on processors other than Intel's; "
    "without: by MKL, as LibTorch chooses");

using torch::Tensor;

using LinearPointwise = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&,
                               std::string_view, c10::List<std::optional<at::Scalar>>,
                               std::optional<std::string_view>);

/// oneDNN's linear, which LibTorch has for its compiler; nothing in a build without it.
const std::optional<c10::TypedOperatorHandle<LinearPointwise>>& onednn_linear() {
  static const auto kFound = []() -> std::optional<c10::TypedOperatorHandle<LinearPointwise>> {
    const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!schema) return std::nullopt;
    return schema->typed<LinearPointwise>();
  }();
  return kFound;
}

bool is_intel() {
  __builtin_cpu_init();
  return __builtin_cpu_is("intel") != 0;
}

// oneDNN makes code for each shape anew: below this many weights that takes longer than it saves.
constexpr std::int64_t kFewest = std::int64_t{1} << 16;

// MKL, LibTorch's own choice, runs on AMD's processors at less than half the speed of oneDNN.
bool by_onednn(const Tensor& x, const Tensor& weight) {
  static const bool kGains = !is_intel() && onednn_linear().has_value();
  return kGains && onednn_switch && x.device().is_cpu() && x.scalar_type() == torch::kFloat32 &&
         weight.numel() >= kFewest && x.size(0) > 0;
}

Tensor by_library(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!by_onednn(x, weight)) return at::linear(x, weight, bias);
  std::optional<Tensor> added;
  if (bias.defined()) added = bias;
  return onednn_linear()->call(x, weight, added, "none", c10::List<std::optional<at::Scalar>>(),
                               "");
}

/// One panel of whole vectors, of which tasks are cut between threads.
constexpr std::int64_t kPanel = 32;
/// Multiplications that are worth a thread of their own.
constexpr std::int64_t kGrain = std::int64_t{1} << 20;

template <class T>
ProductTerm<T> term_of(const Factor& factor) {
  const Tensor &left = factor.left, &right = factor.right;
  if (!left.defined()) return {};
  return {.left = left.const_data_ptr<T>(),
          .left_row = left.stride(0),
          .left_column = left.stride(1),
          .right = right.const_data_ptr<T>(),
          .right_row = right.stride(0),
          .right_column = right.stride(1),
          .inner = left.size(1)};
}

template <class T>
ProductTask<T> rows_of(ProductTask<T> task, std::int64_t first, std::int64_t end) {
  for (ProductTerm<T>& term : task.terms) term.left += first * term.left_row;
  task.out += first * task.out_row;
  task.rows = end - first;
  return task;
}

template <class T>
ProductTask<T> columns_of(ProductTask<T> task, std::int64_t first, std::int64_t end) {
  for (ProductTerm<T>& term : task.terms) term.right += first * term.right_row;
  if (task.bias != nullptr) task.bias += first;
  task.out += first;
  task.columns = end - first;
  return task;
}

/// Threads share the columns, in whole panels, or else the rows: neither changes a sum.
template <class T>
void run_product(const ProductTask<T>& task) {
  static thread_local std::vector<T> scratch;
  const auto run = product_kernels<T>().front().run;
  const std::int64_t panels = (task.columns + kPanel - 1) / kPanel;
  const std::int64_t inner = task.terms[0].inner + task.terms[1].inner;
  const bool by_columns = panels >= at::get_num_threads();
  const std::int64_t parts = by_columns ? panels : task.rows;
  const std::int64_t cost = task.rows * task.columns * inner / std::max<std::int64_t>(parts, 1);
  at::parallel_for(0, parts, kGrain / (cost + 1) + 1, [&](std::int64_t first, std::int64_t end) {
    run(by_columns ? columns_of(task, first * kPanel, std::min(end * kPanel, task.columns))
                   : rows_of(task, first, end),
        scratch);
  });
}

bool has_type(const Tensor& tensor, torch::ScalarType type) {
  return !tensor.defined() || (tensor.scalar_type() == type && tensor.device().is_cpu());
}

bool by_kernel(const Factor& wide, const Factor& narrow, const Tensor& bias) {
  const torch::ScalarType type = wide.left.scalar_type();
  if (!packed_switch || (type != torch::kFloat32 && type != torch::kFloat64)) return false;
  // The baseline's kernel is no match for the libraries.
  if (!wide_vectors() || product_kernels<float>().size() == 1) return false;
  for (const Tensor& one : {wide.left, wide.right, narrow.left, narrow.right, bias}) {
    if (!has_type(one, type)) return false;
  }
  return true;
}

template <class T>
Tensor by_kernel_of(const Factor& wide, const Factor& narrow, const Tensor& bias) {
  Tensor out = at::empty({wide.left.size(0), wide.right.size(0)}, wide.left.options());
  const Tensor added = bias.defined() ? bias.contiguous() : bias;
  run_product<T>({.rows = out.size(0),
                  .columns = out.size(1),
                  .terms = {term_of<T>(wide), term_of<T>(narrow)},
                  .bias = added.defined() ? added.const_data_ptr<T>() : nullptr,
                  .out = out.mutable_data_ptr<T>(),
                  .out_row = out.size(1)});
  return out;
}

}  // namespace

at::Tensor product(const Factor& wide, const Factor& narrow, const at::Tensor& bias) {
  if (by_kernel(wide, narrow, bias)) {
    return wide.left.scalar_type() == torch::kFloat64 ? by_kernel_of<double>(wide, narrow, bias)
                                                      : by_kernel_of<float>(wide, narrow, bias);
  }
  const torch::ScalarType type = wide.left.scalar_type();
  Tensor sum = by_library(wide.left, wide.right.to(type), bias.defined() ? bias.to(type) : bias);
  if (narrow.left.defined()) sum.addmm_(narrow.left.to(type), narrow.right.to(type).t());
  return sum;
}

at::Tensor product(const at::Tensor& left, const at::Tensor& right, const at::Tensor& bias) {
  return product(Factor{left, right}, Factor{}, bias);
}

}  // namespace rankwise

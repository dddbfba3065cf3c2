#include "framework/ops/product.h"

#include "framework/core/switches.h"
#include "framework/ops/bf16_product_kernel.h"
#include "framework/ops/instruction_set.h"
#include "framework/ops/mixed_product.h"
#include "framework/ops/product_kernel.h"
#include "framework/ops/product_threads.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rankwise {

namespace {

const Switch packed_switch("packed-products",
                           "products in fp32, fp64 and bf16, and of bf16 with fp32, by kernels "
                           "that sum two of them in one "
                           "sweep, on processors with AVX-512 or AVX2, those in bf16 with "
                           "AVX512-BF16 and no AMX; without: "
                           "by LibTorch's libraries");
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

template <class L, class R = L>
ProductTerm<L, R> term_of(const Factor& factor) {
  const Tensor &left = factor.left, &right = factor.right;
  if (!left.defined()) return {};
  return {.left = left.const_data_ptr<L>(),
          .left_row = left.stride(0),
          .left_column = left.stride(1),
          .right = right.const_data_ptr<R>(),
          .right_row = right.stride(0),
          .right_column = right.stride(1),
          .inner = left.size(1)};
}

template <class T>
const T* bias_of(const Tensor& bias) {
  return bias.defined() ? bias.const_data_ptr<T>() : nullptr;
}

Tensor empty_product(const Factor& factor, torch::ScalarType type) {
  return at::empty({factor.left.size(0), factor.right.size(0)}, factor.left.options().dtype(type));
}

/// Bias in what is summed in, and side by side.
Tensor bias_in(torch::ScalarType type, const Tensor& bias) {
  return bias.defined() ? bias.to(type).contiguous() : bias;
}

bool has_type(const Tensor& tensor, torch::ScalarType type) {
  return !tensor.defined() || (tensor.scalar_type() == type && tensor.device().is_cpu());
}

// The baseline's kernel is no match for the libraries.
bool has_kernel() { return packed_switch && wide_vectors() && product_kernels<float>().size() > 1; }

bool by_kernel(const Factor& wide, const Factor& narrow, const Tensor& bias) {
  const torch::ScalarType type = wide.left.scalar_type();
  if (!has_kernel() || (type != torch::kFloat32 && type != torch::kFloat64)) return false;
  for (const Tensor& one : {wide.left, wide.right, narrow.left, narrow.right, bias}) {
    if (!has_type(one, type)) return false;
  }
  return true;
}

template <class T>
Tensor by_kernel_of(const Factor& wide, const Factor& narrow, const Tensor& bias) {
  Tensor out = empty_product(wide, wide.left.scalar_type());
  const Tensor added = bias_in(out.scalar_type(), bias);
  const ProductTask<T> task{.rows = out.size(0),
                            .columns = out.size(1),
                            .terms = {term_of<T>(wide), term_of<T>(narrow)},
                            .bias = bias_of<T>(added),
                            .out = out.mutable_data_ptr<T>(),
                            .out_row = out.size(1)};
  over_threads(task, [](const ProductTask<T>& part) {
    static thread_local std::vector<T> scratch;
    product_kernels<T>().front().run(part, scratch);
  });
  return out;
}

Tensor side_by_side(const Tensor& left) { return left.stride(1) == 1 ? left : left.contiguous(); }

bool by_bf16_kernel(const Factor& wide) {
  return has_kernel() && bf16_product_kernel() != nullptr &&
         has_type(wide.left, torch::kBFloat16) && has_type(wide.right, torch::kBFloat16);
}

/// A factor as that kernel reads it.
Factor bf16_factor(const Factor& factor) {
  if (!factor.left.defined()) return {};
  const Tensor right = factor.right.to(torch::kBFloat16);
  return {side_by_side(factor.left.to(torch::kBFloat16)),
          right.stride(0) == 1 ? right : side_by_side(right)};
}

Tensor by_bf16_kernel_of(const Factor& wide, const Factor& narrow, const Tensor& bias) {
  using c10::BFloat16;
  Tensor out = empty_product(wide, torch::kBFloat16);
  const Factor first = bf16_factor(wide), second = bf16_factor(narrow);
  const Tensor added = bias_in(torch::kFloat32, bias);
  const Bf16ProductTask task{.rows = out.size(0),
                             .columns = out.size(1),
                             .terms = {term_of<BFloat16>(first), term_of<BFloat16>(second)},
                             .bias = bias_of<float>(added),
                             .out = out.mutable_data_ptr<BFloat16>(),
                             .out_row = out.size(1)};
  over_threads(task, [](const Bf16ProductTask& part) {
    static thread_local std::vector<std::uint32_t> scratch;
    bf16_product_kernel()(part, scratch);
  });
  return out;
}

template <class L, class R>
Tensor by_mixed_kernel_of(const Factor& factor, const Tensor& bias) {
  Tensor out = empty_product(factor, torch::kFloat32);
  const Tensor added = bias_in(torch::kFloat32, bias);
  const ProductTask<L, R, float> task{.rows = out.size(0),
                                      .columns = out.size(1),
                                      .terms = {term_of<L, R>(factor), {}},
                                      .bias = bias_of<float>(added),
                                      .out = out.mutable_data_ptr<float>(),
                                      .out_row = out.size(1)};
  over_threads(task, [](const auto& part) { multiply_mixed(part); });
  return out;
}

}  // namespace

bool mixes(const at::Tensor& narrow, const at::Tensor& wide) {
  return has_kernel() && has_type(narrow, torch::kBFloat16) && has_type(wide, torch::kFloat32);
}

at::Tensor product(const Factor& wide, const Factor& narrow, const at::Tensor& bias) {
  using c10::BFloat16;
  if (by_kernel(wide, narrow, bias)) {
    return wide.left.scalar_type() == torch::kFloat64 ? by_kernel_of<double>(wide, narrow, bias)
                                                      : by_kernel_of<float>(wide, narrow, bias);
  }
  if (by_bf16_kernel(wide)) return by_bf16_kernel_of(wide, narrow, bias);
  if (mixes(wide.left, wide.right) && !narrow.left.defined())
    return by_mixed_kernel_of<BFloat16, float>({side_by_side(wide.left), wide.right}, bias);
  if (mixes(wide.right, wide.left) && !narrow.left.defined())
    return by_mixed_kernel_of<float, BFloat16>({wide.left, side_by_side(wide.right.t()).t()}, bias);
  const torch::ScalarType type = wide.left.scalar_type();
  Tensor sum = by_library(wide.left, wide.right.to(type), bias.defined() ? bias.to(type) : bias);
  if (narrow.left.defined()) sum.addmm_(narrow.left.to(type), narrow.right.to(type).t());
  return sum;
}

at::Tensor product(const at::Tensor& left, const at::Tensor& right, const at::Tensor& bias) {
  return product(Factor{left, right}, Factor{}, bias);
}

}  // namespace rankwise

#include "framework/ops/product.h"

#include "framework/core/switches.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/types.h>

#include <optional>
#include <string_view>

namespace rankwise {

namespace {

const Switch onednn_switch(
    "onednn-products",
    "fp32 products by oneDNN on processors other than Intel's; without: by MKL, "
    "as LibTorch chooses");

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

bool by_onednn(const Tensor& x, const Tensor& weight) {
  static const bool kGains = !is_intel() && onednn_linear().has_value();
  return kGains && onednn_switch && x.device().is_cpu() && x.scalar_type() == torch::kFloat32 &&
         weight.numel() >= kFewest && x.size(0) > 0;
}

}  // namespace

at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!by_onednn(x, weight)) return at::linear(x, weight, bias);
  std::optional<Tensor> added;
  if (bias.defined()) added = bias;
  return onednn_linear()->call(x, weight, added, "none", c10::List<std::optional<at::Scalar>>(),
                               "");
}

}  // namespace rankwise

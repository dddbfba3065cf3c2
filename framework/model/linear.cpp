#include "framework/model/linear.h"

namespace rankwise {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias,
                       const torch::TensorOptions& options) {
  weight = register_parameter("weight", torch::empty({out, in}, options));
  if (with_bias) bias = register_parameter("bias", torch::empty({out}, options));
}

torch::Tensor LinearImpl::forward(const torch::Tensor& x, const Pass& pass) {
  reached_ = true;
  if (update_) return update_->forward(x, {weight, bias}, pass);
  return at::linear(x, weight, bias);
}

}  // namespace rankwise

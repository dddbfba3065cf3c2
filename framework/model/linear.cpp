#include "framework/model/linear.h"

namespace rankwise {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias,
                       const torch::TensorOptions& options) {
  weight = register_parameter("weight", torch::empty({out, in}, options));
  if (with_bias) bias = register_parameter("bias", torch::empty({out}, options));
}

torch::Tensor LinearImpl::forward(const torch::Tensor& x, const Pass& pass) {
  reached_ = true;
  // A weight that is trained keeps its own, wider type.
  const auto in_type = [&](const torch::Tensor& t) {
    return t.defined() ? t.to(x.scalar_type()) : t;
  };
  if (!update_) return FrozenLinear{in_type(weight), in_type(bias)}(x);
  return update_->forward(x, {weight, bias}, pass).to(x.scalar_type());
}

}  // namespace rankwise

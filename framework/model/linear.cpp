#include "framework/model/linear.h"

#include "framework/data/upload.h"
#include "framework/model/linear_group.h"

#include <vector>

namespace rankwise {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias,
                       const torch::TensorOptions& options) {
  weight = register_parameter("weight", torch::empty({out, in}, options));
  if (with_bias) bias = register_parameter("bias", torch::empty({out}, options));
}

LinearImpl::~LinearImpl() = default;

torch::Tensor LinearImpl::forward(const torch::Tensor& x, const Pass& pass) {
  if (!is_accelerator(x.device())) return forward_alone(x, pass);
  if (!group_) group_ = std::make_unique<LinearGroup>(std::vector<LinearImpl*>{this});
  return group_->forward(x, pass).front();
}

torch::Tensor LinearImpl::forward_alone(const torch::Tensor& x, const Pass& pass) {
  note_reached();
  // A weight that is trained keeps its own, wider type.
  const auto in_type = [&](const torch::Tensor& t) {
    return t.defined() ? t.to(x.scalar_type()) : t;
  };
  if (!update_) return FrozenLinear{in_type(weight), in_type(bias)}(x);
  return update_->forward(x, {weight, bias}, pass).to(x.scalar_type());
}

}  // namespace rankwise

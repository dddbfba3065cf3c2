#include "framework/model/parts.h"

#include <torch/types.h>

namespace rankwise {

EmbeddingImpl::EmbeddingImpl(std::int64_t rows, std::int64_t width,
                             const torch::TensorOptions& options) {
  weight_ = register_parameter("weight", torch::empty({rows, width}, options));
}

torch::Tensor EmbeddingImpl::forward(const torch::Tensor& indices) {
  return at::embedding(weight_, indices);
}

RmsNormImpl::RmsNormImpl(std::int64_t width, double epsilon, const torch::TensorOptions& options)
    : epsilon_(epsilon) {
  weight_ = register_parameter("weight", torch::ones({width}, options));
}

torch::Tensor RmsNormImpl::forward(const torch::Tensor& x) {
  return rms_norm(x, weight_, epsilon_);
}

SumAndNorm RmsNormImpl::of_sum(const torch::Tensor& x, const torch::Tensor& y) {
  return add_rms_norm(x, y, weight_, epsilon_);
}

std::shared_ptr<torch::nn::Module> group(torch::nn::Module& parent, const std::string& name) {
  return parent.register_module(name, std::make_shared<torch::nn::Module>());
}

}  // namespace rankwise

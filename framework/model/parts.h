/// What transformers are built of beside our Linear. Children register under the checkpoint's
/// names, so that parameters load by name.
#pragma once

#include "framework/ops/norms.h"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace rankwise {

/// Which head over the vocabulary a backbone has: the embeddings are a tied one.
enum class VocabularyHead { kNone, kTied, kOwn };

/// indices [N] int64 -> rows of `weight` [N, width]; the weight starts uninitialised.
class EmbeddingImpl : public torch::nn::Module {
 public:
  EmbeddingImpl(std::int64_t rows, std::int64_t width, const torch::TensorOptions& options);
  torch::Tensor forward(const torch::Tensor& indices);
  const torch::Tensor& weight() const { return weight_; }

 private:
  torch::Tensor weight_;
};
TORCH_MODULE(Embedding);

/// rms_norm() with the weight that it holds, of rows or of a sum of two.
class RmsNormImpl : public torch::nn::Module {
 public:
  RmsNormImpl(std::int64_t width, double epsilon, const torch::TensorOptions& options);
  torch::Tensor forward(const torch::Tensor& x);
  SumAndNorm of_sum(const torch::Tensor& x, const torch::Tensor& y);

 private:
  double epsilon_;
  torch::Tensor weight_;
};
TORCH_MODULE(RmsNorm);

template <class Module>
Module child(torch::nn::Module& parent, const std::string& name, Module module) {
  return parent.register_module(name, std::move(module));
}

/// A module that only holds others under its name.
std::shared_ptr<torch::nn::Module> group(torch::nn::Module& parent, const std::string& name);

}  // namespace rankwise

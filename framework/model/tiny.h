/// A random tanh network on feature vectors or on single tokens: seconds per run, for tests and for
/// suites with known truth.
#pragma once

#include "framework/model/backbone.h"

namespace rankwise {

/// h_0 = the row's features (or its token's random embedding); h_l = tanh(W_l h_{l-1}), W_l
/// orthogonal, no biases; linears are named "layer.0", "layer.1", ...
class Tiny : public Backbone {
 public:
  Tiny(std::int64_t width, std::int64_t layers, std::int64_t vocabulary, const Seed& seed,
       const torch::TensorOptions& options);

  Hidden forward(const Pass& pass) override;
  std::int64_t width() const override { return width_; }

 private:
  std::int64_t width_;
  torch::Tensor embedding_;  // [vocabulary, width]; undefined for features
  std::vector<Linear> layers_;
};

/// A random orthogonal matrix (Haar measure): QR of a Gaussian with the signs of R's diagonal.
torch::Tensor orthogonal_matrix(std::int64_t size, const Seed& seed);

}  // namespace rankwise

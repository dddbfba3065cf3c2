/// T5 (Raffel et al., 2020) on packed rows: an encoder, and a decoder of the batch's answers that
/// looks at it; relative positions, RMSNorm before each part, ReLU or gated GELU.
#pragma once

#include "framework/model/backbone.h"
#include "framework/model/t5_config.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace rankwise {

class T5 : public Backbone {
 public:
  T5(const T5Config& config, const torch::TensorOptions& options);
  ~T5() override;

  /// The encoder's rows after its last norm, and those of the batch's decoder where it has one.
  Hidden forward(const Pass& pass) override;
  std::int64_t width() const override { return config_.hidden; }
  torch::Tensor vocabulary_weight() const override;
  std::optional<std::int64_t> decoder_start() const override { return config_.decoder_start; }
  bool biases_attention() const override { return true; }
  bool in_decoder(const std::string& linear) const override {
    return linear.starts_with("decoder.");
  }
  bool reads_answers(const std::string& linear) const override {
    return in_decoder(linear) && !linear.ends_with("EncDecAttention.k") &&
           !linear.ends_with("EncDecAttention.v");
  }
  const T5Config& config() const { return config_; }

 private:
  torch::Tensor encode(const Pass& pass);
  torch::Tensor decode(const torch::Tensor& encoded, const Pass& pass);

  struct Parts;
  T5Config config_;
  std::unique_ptr<Parts> parts_;
};

/// Reads config.json and the weights of `folder`. Throws Error for a missing, truncated or
/// misshapen file, or another architecture.
std::shared_ptr<T5> load_t5(const std::filesystem::path& folder,
                            const torch::TensorOptions& options);

/// Random weights: normal with `std`; norms at one.
std::shared_ptr<T5> random_t5(const T5Config& config, double std, const Seed& seed,
                              const torch::TensorOptions& options);

}  // namespace rankwise

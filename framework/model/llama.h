/// LLaMA's decoder (Touvron et al., 2023) on packed rows: causal attention in grouped heads, rotary
/// positions, RMSNorm before each part, SwiGLU, and a head over the vocabulary where it has one.
#pragma once

#include "framework/model/backbone.h"
#include "framework/model/llama_config.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rankwise {

class Llama : public Backbone {
 public:
  Llama(const LlamaConfig& config, const torch::TensorOptions& options);
  ~Llama() override;

  /// Rows after the last norm.
  Hidden forward(const Pass& pass) override;
  std::int64_t width() const override { return config_.hidden; }
  torch::Tensor vocabulary_weight() const override;
  bool causal() const override { return true; }
  std::int64_t longest_sequence() const override { return config_.positions; }
  const LlamaConfig& config() const { return config_; }

 private:
  struct Parts;
  LlamaConfig config_;
  std::unique_ptr<Parts> parts_;
};

/// Reads config.json and the weights of `folder`, with or without a "model." prefix. Throws Error
/// for a missing, truncated or misshapen file, or another architecture.
std::shared_ptr<Llama> load_llama(const std::filesystem::path& folder,
                                  const torch::TensorOptions& options);

/// Random weights: normal with `std`; norms at one, biases at zero.
std::shared_ptr<Llama> random_llama(const LlamaConfig& config, double std, const Seed& seed,
                                    const torch::TensorOptions& options);

}  // namespace rankwise

/// BERT's encoder (Devlin et al., NAACL 2019) on packed rows, with post-layer normalisation.
#pragma once

#include "framework/model/backbone.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rankwise {

/// Sizes of one encoder; the names follow the weights' config.json.
struct BertConfig {
  std::int64_t vocabulary = 0;
  std::int64_t hidden = 32;
  std::int64_t layers = 2;
  std::int64_t heads = 4;
  std::int64_t intermediate = 64;
  std::int64_t positions = 128;
  std::int64_t segments = 2;
  double layer_norm_epsilon = 1e-12;
};

class Bert : public Backbone {
 public:
  Bert(const BertConfig& config, const torch::TensorOptions& options);
  ~Bert() override;

  torch::Tensor forward(const Pass& pass) override;
  std::int64_t width() const override { return config_.hidden; }
  std::int64_t longest_sequence() const override { return config_.positions; }
  const BertConfig& config() const { return config_; }

 private:
  struct Parts;
  BertConfig config_;
  std::unique_ptr<Parts> parts_;
};

/// Reads config.json and model.safetensors of `folder`, with or without a "bert." prefix.
/// Throws Error for a missing, truncated or misshapen file, or another architecture.
std::shared_ptr<Bert> load_bert(const std::filesystem::path& folder,
                                const torch::TensorOptions& options);

/// Random weights: normal with deviation 0.02, or `deviation`; LayerNorm at one and zero.
std::shared_ptr<Bert> random_bert(const BertConfig& config, double deviation, const Seed& seed,
                                  const torch::TensorOptions& options);

}  // namespace rankwise

/// BERT's encoder (Devlin et al., NAACL 2019) on packed rows, with post-layer normalisation.
#pragma once

#include "framework/model/backbone.h"
#include "framework/model/bert_config.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rankwise {

class Bert : public Backbone {
 public:
  Bert(const BertConfig& config, const torch::TensorOptions& options);
  ~Bert() override;

  Hidden forward(const Pass& pass) override;
  std::int64_t width() const override { return config_.hidden; }
  std::int64_t longest_sequence() const override { return config_.positions; }
  std::int64_t segment_kinds() const override { return config_.segments; }
  const BertConfig& config() const { return config_; }

 private:
  struct Parts;
  BertConfig config_;
  std::unique_ptr<Parts> parts_;
};

/// Reads config.json and the weights of `folder`, with or without a "bert." prefix.
/// Throws Error for a missing, truncated or misshapen file, or another architecture.
std::shared_ptr<Bert> load_bert(const std::filesystem::path& folder,
                                const torch::TensorOptions& options);

/// Random weights: normal with stddev 0.02, or `stddev`; LayerNorm at one and zero.
std::shared_ptr<Bert> random_bert(const BertConfig& config, double stddev, const Seed& seed,
                                  const torch::TensorOptions& options);

}  // namespace rankwise

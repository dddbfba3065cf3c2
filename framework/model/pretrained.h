/// What backbones that load a checkpoint share.
#pragma once

#include "framework/core/json.h"
#include "framework/model/backbone.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace rankwise {

/// Throws Error where there is no such folder of weights.
void check_pretrained(const std::filesystem::path& folder);

/// Of the weights' bytes, those of all shards in their order; what config.json says; the tokenizer
/// where there is one. "" where the options name no weights.
std::string pretrained_sha256(const nlohmann::json& options, const std::filesystem::path& models);

/// Throws Error where the suite has tokens that the backbone does not know, or features.
void check_vocabulary(const std::string& backbone, std::int64_t known,
                      const BackboneInputs& inputs);

/// Every parameter but those whose name contains `kept` drawn from a normal distribution.
void draw_weights(Backbone& backbone, double std, const Seed& seed, const std::string& kept,
                  const torch::TensorOptions& options);

}  // namespace rankwise

/// A folder as PEFT writes and reads it, with a file of ours for what PEFT has no place for.
#pragma once

#include "framework/core/json.h"

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace rankwise {

inline constexpr const char* kAdapterConfig = "adapter_config.json";
inline constexpr const char* kAdapterTensors = "adapter_model.safetensors";
/// Heads, and what a gate keeps beside the adapter, under their names in Model::state(); its
/// metadata are those of a file of parameters (parameter_files.h).
inline constexpr const char* kOwnTensors = "rankwise.safetensors";

using TensorsByName = std::map<std::string, torch::Tensor>;

struct PeftFolder {
  nlohmann::json config = nlohmann::json::object();
  TensorsByName tensors;  // theirs: "model.layers.0.mlp.up_proj.lora_A.weight"
  TensorsByName own;      // ours
  std::map<std::string, std::string> own_facts;  // empty: the folder is not from here
};

/// Throws Error for a file that is missing or damaged.
PeftFolder read_peft_folder(const std::filesystem::path& folder);

void write_peft_folder(const PeftFolder& adapter, const std::filesystem::path& folder);

/// All tensors of a file, in their own precision.
TensorsByName read_tensors(const std::filesystem::path& file);
void write_tensors(const TensorsByName& tensors, const std::filesystem::path& file,
                   const std::map<std::string, std::string>& metadata);

}  // namespace rankwise

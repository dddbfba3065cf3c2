/// Fills a module's parameters from safetensors files, by name.
#pragma once

#include "framework/io/safetensors.h"
#include "framework/model/stored_weights.h"

#include <torch/nn/module.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// How checkpoints name the parameters of a module.
struct WeightNames {
  std::vector<std::string> prefixes;                             // of all names: "" or "bert."
  std::vector<std::pair<std::string, std::string>> old_endings;  // "LayerNorm.weight", its old name
  std::vector<std::string> own;    // what begins so is the module's: it must be used
  std::vector<std::string> spare;  // what begins so need not be
  /// Further copies of a parameter: "lm_head.weight", "embed_tokens.weight". Where one is stored,
  /// it has the parameter's shape and values.
  std::vector<std::pair<std::string, std::string>> copies = {};
};

/// Every parameter must be there under one of its names, in any floating type, with finite values.
/// Those of the stored type on the host lie in the mapped files from then on: the files must not
/// be written to meanwhile, only replaced.
/// Further tensors are passed over, but for the module's own. On the meta device shapes are checked
/// and nothing is read. Throws Error for a missing tensor, another shape or type, or one that is
/// not used: file, tensor, found and expected.
void load_weights(torch::nn::Module& module, const StoredWeights& stored, const WeightNames& names);

/// A copy on the host, in its own precision; `where` names it in messages. Throws Error for a type
/// that is not F64, F32, F16, BF16 or I64.
torch::Tensor stored_tensor(const safetensors::View& view, const std::string& where);

/// Copies each tensor from the one of its name. Throws Error as load_weights() does.
void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const safetensors::Reader& reader);
void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file);

/// Writes tensors in their own precision, under a temporary name first.
void save_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file,
                  const std::map<std::string, std::string>& metadata = {});

/// The same, sealed: safetensors::check_seal() tells whether anything of it has changed.
void save_sealed_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::filesystem::path& file,
                         const std::map<std::string, std::string>& metadata);

}  // namespace rankwise

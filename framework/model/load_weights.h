/// Fills a module's parameters from a safetensors file, by name.
#pragma once

#include "framework/io/safetensors.h"

#include <torch/nn/module.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// Every parameter must be there under one of `prefixes` + its name; further tensors are ignored.
/// On the meta device shapes are checked and nothing is read.
/// Throws Error for a missing tensor or another shape: file, tensor, found and expected.
void load_weights(torch::nn::Module& module, const std::filesystem::path& file,
                  const std::vector<std::string>& prefixes);

/// Copies each tensor from the one of its name. Throws Error as load_weights() does.
void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const safetensors::Reader& reader);
void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file);

/// Writes tensors in their own precision, under a temporary name first.
void save_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file,
                  const std::map<std::string, std::string>& metadata = {});

}  // namespace rankwise

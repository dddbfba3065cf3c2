/// The sizes of a LLaMA-like decoder, and what its config.json may say beside them.
#pragma once

#include "framework/model/parts.h"
#include "framework/ops/rotary.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// LLaMA 2 and 3, Mistral without sliding window, Qwen2 and 2.5, SmolLM2; named after config.json.
struct LlamaConfig {
  std::int64_t vocabulary = 0;
  std::int64_t hidden = 32;
  std::int64_t layers = 2;
  std::int64_t heads = 4;
  std::int64_t kv_heads = 2;
  std::int64_t head_width = 8;
  std::int64_t intermediate = 64;
  std::int64_t positions = 128;
  double norm_epsilon = 1e-6;
  double rope_base = 10000;
  std::optional<Llama3Scaling> rope_scaling = {};
  bool qkv_bias = false, output_bias = false;
  VocabularyHead head = VocabularyHead::kTied;
};

/// Values of model_type that it stands for.
inline std::vector<std::string> llama_types() { return {"llama", "mistral", "qwen2"}; }

/// A head that is not tied is there where the weights have one. Throws Error for a member of
/// config.json that is missing, is none that this decoder computes, or is not known: file, member,
/// what was found and what was expected.
LlamaConfig read_llama_config(const std::filesystem::path& file);

}  // namespace rankwise

/// The sizes of a BERT encoder, and what its config.json may say beside them.
#pragma once

#include <cstdint>
#include <filesystem>

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

/// Throws Error for a member of config.json that is missing, is none that this encoder computes, or
/// is not known: file, member, what was found and what was expected.
BertConfig read_bert_config(const std::filesystem::path& file);

}  // namespace rankwise

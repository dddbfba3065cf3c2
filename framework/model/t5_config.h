/// The sizes of a T5, and what its config.json may say beside them.
#pragma once

#include "framework/ops/relative_position.h"

#include <cstdint>
#include <filesystem>

namespace rankwise {

/// T5 v1.0 (relu, tied), v1.1 and Flan-T5 (gated GELU, a head of its own).
struct T5Config {
  enum class FeedForward { kRelu, kGatedGelu };

  std::int64_t vocabulary = 0;
  std::int64_t hidden = 32;
  std::int64_t layers = 2, decoder_layers = 2;
  std::int64_t heads = 4;
  std::int64_t head_width = 8;
  std::int64_t intermediate = 64;
  std::int64_t relative_buckets = 32, relative_max_distance = 128;
  double norm_epsilon = 1e-6;
  FeedForward feed_forward = FeedForward::kRelu;
  bool tied = true;                // the head over the vocabulary is the embedding
  std::int64_t decoder_start = 0;  // the decoder's first token

  RelativeBuckets buckets(bool bidirectional) const {
    return {relative_buckets, relative_max_distance, bidirectional};
  }
};

/// Throws Error for a member of config.json that is missing, is none that this model computes, or
/// is not known: file, member, what was found and what was expected.
T5Config read_t5_config(const std::filesystem::path& file);

}  // namespace rankwise

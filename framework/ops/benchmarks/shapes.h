/// The batches and models at whose shapes ops are timed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

struct BatchShape {
  std::string name;
  std::vector<std::int64_t> lengths;  // of its sequences
  std::int64_t width, inner, heads, kv_heads;
  bool causal;
  std::int64_t vocabulary;  // 0: no head over it

  std::int64_t rows() const;
  std::int64_t head_width() const { return width / heads; }
  /// Σ length² over the sequences, halved under a causal mask.
  double scores() const;
};

/// MiniLM-L6 on 32 short texts and on 32 pairs as long as BoolQ's, SmolLM2-135M on 4 rows of 512.
const std::vector<BatchShape>& batch_shapes();

}  // namespace rankwise

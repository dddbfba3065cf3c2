/// Texts of tokens as a packed batch, for a model that goes on with them: no targets, no examples.
#pragma once

#include "framework/data/batch.h"

#include <cstdint>
#include <vector>

namespace rankwise {

/// Tokens in a row of one task; the first stands at `position` of its sequence.
struct TextRows {
  std::vector<std::int32_t> tokens;
  std::int64_t task = 0;
  std::int64_t position = 0;
};

/// One sequence a text. `tasks`: T.
Batch text_batch(const std::vector<TextRows>& texts, std::int64_t tasks,
                 const torch::Device& device);

}  // namespace rankwise

/// Which examples an evaluation writes texts for at once, and how long the wanted texts are.
#pragma once

#include "framework/data/dataset.h"
#include "framework/generate/options.h"

#include <cstdint>
#include <vector>

namespace rankwise {

/// Examples of one split whose prompts are of like length.
struct WritingBatch {
  std::vector<std::int64_t> examples;
  std::vector<std::int64_t> prompt_rows;  // of each
  std::vector<std::int64_t> lengths;      // tokens of each wanted text: with its end token, and
                                          // max_tokens at most
};

/// As many examples as fill `rows` with their prompts and max_tokens behind each, short ones first.
std::vector<WritingBatch> writing_batches(const Split& split, const GenerationOptions& options,
                                          std::int64_t rows);

/// What writing a batch takes, were its texts as long as the wanted ones.
struct WritingSize {
  std::int64_t forwards = 0;     // each grows all texts that have not ended by a token
  std::int64_t prompt_rows = 0;  // of one forward
  std::int64_t tokens = 0;       // of all texts, every beam and sample among them

  /// Rows that pass through the model: a text's last token is no input.
  std::int64_t rows = 0;
};
WritingSize writing_size(const WritingBatch& batch, const GenerationOptions& options);

}  // namespace rankwise

#include "framework/train/writing_batches.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

namespace {

std::int64_t prompt_rows(const Split& split, std::int64_t example) {
  const std::int64_t s = split.groups[example];
  return split.starts[s + 1] - split.starts[s];
}

}  // namespace

std::vector<WritingBatch> writing_batches(const Split& split, const GenerationOptions& options,
                                          std::int64_t rows) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(split.examples()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return prompt_rows(split, a) < prompt_rows(split, b); });
  std::vector<WritingBatch> batches;
  std::int64_t filled = rows;  // so that the first example opens a batch
  for (const std::int64_t example : order) {
    const std::int64_t prompt = prompt_rows(split, example);
    const std::int64_t needed = prompt + options.max_tokens;
    if (filled + needed > rows) {
      batches.emplace_back();
      filled = 0;
    }
    WritingBatch& batch = batches.back();
    batch.examples.push_back(example);
    batch.prompt_rows.push_back(prompt);
    const std::int64_t wanted = split.answer_length(split.groups[example]);
    batch.lengths.push_back(std::min(wanted, options.max_tokens));
    filled += needed;
  }
  return batches;
}

WritingSize writing_size(const WritingBatch& batch, const GenerationOptions& options) {
  const std::int64_t at_once = options.strategy == Strategy::kBeam     ? options.beams
                               : options.strategy == Strategy::kSample ? options.samples
                                                                       : 1;
  WritingSize size;
  for (std::size_t i = 0; i < batch.examples.size(); ++i) {
    size.forwards = std::max(size.forwards, batch.lengths[i]);
    size.prompt_rows += batch.prompt_rows[i];
    size.tokens += at_once * batch.lengths[i];
    size.rows += batch.prompt_rows[i] + at_once * (batch.lengths[i] - 1);
  }
  return size;
}

}  // namespace rankwise

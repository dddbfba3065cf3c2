/// How a step is cut into micro-batches, so that its memory stays that of a part of its rows.
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/train/options.h"

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rankwise {

/// Consecutive examples of a step that pass through the model together.
struct MicroBatch {
  std::size_t begin = 0, end = 0;  // of the step's examples
  /// Whose noise it has, and which chunk of that one it is.
  std::int64_t number = 0, chunk = 0;
};

/// Rows of a chunk on a CPU where the options say none. A GPU takes a step whole: it is faster so.
inline constexpr std::int64_t kChunkRows = 1024;

/// Sets `options.chunk_rows` to what a trainer uses: 0 where a step is not cut, for its rows are
/// not independent or the options say its micro-batches themselves.
TrainOptions with_chunk_rows(TrainOptions options, const Adapter& adapter,
                             const torch::Device& device);

/// `options.chunk_rows` by which micro_batches() cuts a step of these rows into as many chunks for
/// each of `processes`, none larger than it says.
std::int64_t shared_chunk_rows(const std::vector<std::int64_t>& rows, const TrainOptions& options,
                               std::int64_t processes);

/// All of a step, in order. `rows`: of each of its examples; `options`: from with_chunk_rows().
/// Chunks have about equally many rows, and about `chunk_rows` at most: no example is cut.
std::vector<MicroBatch> micro_batches(const std::vector<std::int64_t>& rows,
                                      const TrainOptions& options);

}  // namespace rankwise

#include "framework/train/micro_batches.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

namespace {

std::vector<MicroBatch> of_examples(std::size_t total, std::size_t size) {
  std::vector<MicroBatch> parts;
  for (std::size_t begin = 0; begin < total; begin += size) {
    parts.push_back({.begin = begin,
                     .end = std::min(total, begin + size),
                     .number = static_cast<std::int64_t>(parts.size())});
  }
  return parts;
}

// Chunk i of n ends with the example whose end is nearest to i / n of the rows.
std::vector<MicroBatch> of_rows(const std::vector<std::int64_t>& rows, std::int64_t most) {
  const std::int64_t total = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
  const std::int64_t count = std::max<std::int64_t>(1, (total + most - 1) / most);
  std::vector<MicroBatch> parts;
  std::size_t begin = 0, end = 0;
  std::int64_t before = 0;  // rows before `end`
  for (std::int64_t i = 1; i <= count; ++i) {
    const std::int64_t wanted = i * total / count;
    while (end < rows.size() && before + rows[end] / 2 <= wanted) before += rows[end++];
    if (i == count) end = rows.size();
    if (end == begin) continue;  // within a long example
    parts.push_back({.begin = begin, .end = end, .chunk = static_cast<std::int64_t>(parts.size())});
    begin = end;
  }
  return parts;
}

}  // namespace

TrainOptions with_chunk_rows(TrainOptions options, const Adapter& adapter,
                             const torch::Device& device) {
  const bool cut = options.micro_batch == 0 && adapter.rows_are_independent();
  options.chunk_rows = cut ? options.chunk_rows.value_or(device.is_cpu() ? kChunkRows : 0) : 0;
  return options;
}

std::int64_t shared_chunk_rows(const std::vector<std::int64_t>& rows, const TrainOptions& options,
                               std::int64_t processes) {
  const std::int64_t total = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
  const std::int64_t wanted = options.chunk_rows.value_or(0);
  const std::int64_t most = wanted > 0 ? wanted : std::max<std::int64_t>(1, total);
  const std::int64_t each = (total + most * processes - 1) / (most * processes);  // chunks
  return std::max<std::int64_t>(1, (total + each * processes - 1) / (each * processes));
}

std::vector<MicroBatch> micro_batches(const std::vector<std::int64_t>& rows,
                                      const TrainOptions& options) {
  if (options.micro_batch > 0) {
    return of_examples(rows.size(), static_cast<std::size_t>(options.micro_batch));
  }
  const std::int64_t most = options.chunk_rows.value_or(0);
  return most > 0 ? of_rows(rows, most) : of_examples(rows.size(), rows.size());
}

}  // namespace rankwise

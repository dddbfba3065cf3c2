#include "framework/data/text_batch.h"

#include "framework/core/error.h"

#include <utility>

namespace rankwise {

Batch text_batch(const std::vector<TextRows>& texts, std::int64_t tasks,
                 const torch::Device& device) {
  check(!texts.empty(), "a batch of no texts was asked for");
  std::vector<std::int64_t> tokens, positions, row_task, starts{0}, lengths, sequence_task;
  std::vector<std::int64_t> task_rows(static_cast<std::size_t>(tasks), 0);
  for (const TextRows& text : texts) {
    const auto rows = static_cast<std::int64_t>(text.tokens.size());
    check(rows > 0, "a text of no tokens has nothing to go on from");
    tokens.insert(tokens.end(), text.tokens.begin(), text.tokens.end());
    for (std::int64_t i = 0; i < rows; ++i) positions.push_back(text.position + i);
    row_task.insert(row_task.end(), text.tokens.size(), text.task);
    starts.push_back(starts.back() + rows);
    lengths.push_back(rows);
    sequence_task.push_back(text.task);
    task_rows[text.task] += rows;
  }
  const auto whole = [&](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kInt64).to(device);
  };
  Batch batch;
  batch.tokens = whole(tokens);
  batch.segments = torch::zeros_like(batch.tokens);
  batch.positions = whole(positions);
  batch.first_rows = whole({starts.begin(), starts.end() - 1});
  batch.lengths = whole(lengths);
  batch.prompt_lengths = batch.lengths;
  batch.sequence_task = whole(sequence_task);
  batch.row_task = whole(row_task);
  batch.task_rows = whole(task_rows);
  batch.buckets = LazyBuckets(std::move(starts), device);
  batch.tasks = tasks;
  return batch;
}

}  // namespace rankwise

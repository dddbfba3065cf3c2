#include "framework/data/text_batch.h"

#include "framework/core/error.h"
#include "framework/data/upload.h"

#include <utility>

namespace rankwise {

Batch text_batch(const std::vector<TextRows>& texts, std::int64_t tasks,
                 const torch::Device& device) {
  check(!texts.empty(), "a batch of no texts was asked for");
  std::vector<std::int64_t> tokens, positions, row_task, row_sequence, starts{0}, lengths,
      sequence_task;
  std::vector<std::int64_t> task_rows(static_cast<std::size_t>(tasks), 0);
  for (const TextRows& text : texts) {
    const auto rows = static_cast<std::int64_t>(text.tokens.size());
    check(rows > 0, "a text of no tokens has nothing to go on from");
    tokens.insert(tokens.end(), text.tokens.begin(), text.tokens.end());
    for (std::int64_t i = 0; i < rows; ++i) positions.push_back(text.position + i);
    row_task.insert(row_task.end(), text.tokens.size(), text.task);
    row_sequence.insert(row_sequence.end(), text.tokens.size(),
                        static_cast<std::int64_t>(lengths.size()));
    starts.push_back(starts.back() + rows);
    lengths.push_back(rows);
    sequence_task.push_back(text.task);
    task_rows[text.task] += rows;
  }
  Batch batch;
  Upload upload;
  upload.add(tokens, batch.tokens);
  upload.add(positions, batch.positions);
  upload.add({starts.begin(), starts.end() - 1}, batch.first_rows);
  upload.add(lengths, batch.lengths);
  upload.add(sequence_task, batch.sequence_task);
  upload.add(row_task, batch.row_task);
  upload.add(row_sequence, batch.row_sequence);
  upload.add(task_rows, batch.task_rows);
  upload.send(device);
  batch.segments = torch::zeros_like(batch.tokens);
  batch.prompt_lengths = batch.lengths;
  batch.task_of_sequence = std::move(sequence_task);
  batch.buckets = LazyBuckets(std::move(starts), device);
  batch.tasks = tasks;
  return batch;
}

}  // namespace rankwise

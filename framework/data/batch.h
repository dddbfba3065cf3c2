/// A packed batch: sequences of any task, end to end, no padding.
///
/// Dimensions as in dataset.h; T tasks of the suite; M tokens whose likelihood is asked for.
#pragma once

#include "framework/data/dataset.h"
#include "framework/data/length_buckets.h"

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace rankwise {

/// One example of a split: `index` counts its groups.
struct Example {
  std::int32_t task = 0;
  std::int64_t index = 0;
};

/// What a batch is for: to score every candidate of a choice, or to train, where one by likelihood
/// is its right answer alone, and a task may count its prompt's tokens too.
enum class Purpose { kScoring, kTraining };

struct PackForm {
  Purpose purpose = Purpose::kScoring;
  /// First input of a decoder beside an encoder: answers get a batch of their own. None: an answer
  /// follows its prompt.
  std::optional<std::int64_t> decoder_start = {};
  /// Attention will ask for the buckets: they are made with the batch.
  bool buckets = false;

  AnswerRows answer_rows() const {
    return decoder_start ? AnswerRows::kOwn : AnswerRows::kBehindPrompt;
  }
};

/// Tokens whose likelihood is asked for, by sequences: the row before each, and the token itself.
struct AskedTokens {
  torch::Tensor rows, tokens;             // [M] int64
  std::vector<std::int64_t> of_sequence;  // [S] how many each sequence has

  std::int64_t size() const { return rows.defined() ? rows.size(0) : 0; }
};

/// The examples of a batch that the head of one task answers: g examples of s sequences.
struct TaskExamples {
  std::int64_t task = 0, count = 0;
  std::int64_t most = 0;    // sequences of the example that has most
  torch::Tensor sequences;  // [s] int64 among the batch's
  torch::Tensor examples;   // [g] int64 among the batch's
  torch::Tensor cells;      // [s] int64: the sequences' places in a [g, most] grid, row by row
};

/// Tensors live on the batch's device; vectors on the host. What a forward needs to know of its
/// rows is made here, once.
struct Batch {
  torch::Tensor tokens;                  // [N] int64; undefined for features
  torch::Tensor segments;                // [N] int64; undefined for features
  torch::Tensor positions;               // [N] int64, from the start of the row's sequence
  torch::Tensor features;                // [N, d]; undefined for tokens
  torch::Tensor first_rows;              // [S] int64
  torch::Tensor lengths;                 // [S] int64
  torch::Tensor prompt_lengths;          // [S] int64: rows of each sequence before its answer
  torch::Tensor sequence_task;           // [S] int64
  torch::Tensor row_task;                // [N] int64
  torch::Tensor row_sequence;            // [N] int64
  torch::Tensor prompt_row_indices;      // [P] int64: rows of prompts; undefined: all rows are
  torch::Tensor task_rows;               // [T] int64: rows of each task
  torch::Tensor target;                  // [G, W] in the batch's floating type
  torch::Tensor target_index;            // [G] int64: class or candidate; zero for real targets
  std::vector<std::int64_t> groups;      // [G + 1]
  std::vector<std::int64_t> group_task;  // [G]
  std::vector<std::int64_t> task_of_sequence;  // [S]
  std::vector<TaskExamples> with_heads;        // in the order of their tasks
  LazyBuckets buckets;                         // sequences of like length, for attention
  std::int64_t tasks = 0;                      // T
  AskedTokens asked;                           // of this batch's rows: none where a decoder answers
  /// The answers, for a decoder beside an encoder, and the examples that have them; null: none.
  std::shared_ptr<const Batch> decoder;
  // Of a decoder's batch: the prompt of each answer [S] int64; where other prompts have no answer,
  // those that have one as a batch by themselves, and their rows in the whole one [M] int64.
  torch::Tensor source_sequence, prompt_rows;
  std::shared_ptr<const Batch> prompts;
  LazyBuckets source_buckets;  // of its sequences with the prompts that they look at

  /// [T, N] in `type`: one where a row is of a task, else zero; made once.
  const torch::Tensor& task_mask(torch::ScalarType type) const;

  std::int64_t rows() const { return positions.size(0); }
  std::int64_t sequences() const { return first_rows.size(0); }
  std::int64_t examples() const { return static_cast<std::int64_t>(group_task.size()); }
  /// The batch whose rows are asked for tokens: a decoder's, or this one.
  const Batch& answering() const { return decoder ? *decoder : *this; }
  /// Rows that pass through a model, a decoder's with them.
  std::int64_t rows_in_all() const { return rows() + (decoder ? decoder->rows() : 0); }
  /// [S] int64: the last row of each sequence's prompt.
  torch::Tensor last_prompt_rows() const { return first_rows + prompt_lengths - 1; }

 private:
  mutable std::map<torch::ScalarType, torch::Tensor> task_masks_;
};

/// Packs `examples` of one split in their order.
Batch pack(const Dataset& dataset, SplitName split, const std::vector<Example>& examples,
           const torch::TensorOptions& options, const PackForm& form = {});

/// What packing an example makes of it.
struct PackedSize {
  std::int64_t sequences = 0;
  std::int64_t rows = 0;   // a decoder's with them
  std::int64_t asked = 0;  // tokens whose likelihood is asked for
};
PackedSize packed_size(const TaskData& data, SplitName split, std::int64_t example,
                       const PackForm& form);

/// Rows of a training example on average.
double mean_training_rows(const TaskData& data, const PackForm& form);

/// A sequence of one row for each entry of `tasks`, its one feature zero: for updates whose input
/// comes from elsewhere.
Batch rows_of_tasks(const std::vector<std::int32_t>& tasks, std::int64_t task_count,
                    const torch::TensorOptions& options);

}  // namespace rankwise

#include "framework/data/batch.h"

#include "framework/core/error.h"
#include "framework/data/upload.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace rankwise {

namespace {

using Range = std::pair<std::int64_t, std::int64_t>;  // first and end

// Host-side columns of a batch while its examples are appended.
struct Columns {
  std::vector<std::int64_t> tokens, segments, positions, row_task;
  std::vector<double> features, target;
  std::vector<std::int64_t> starts{0}, lengths, prompts, sequence_task, groups{0}, group_task;
  std::vector<std::int64_t> target_index, task_rows, source, source_rows;
  std::vector<std::int64_t> asked_rows, asked_tokens, asked_of_sequence;

  explicit Columns(std::int64_t tasks) : task_rows(static_cast<std::size_t>(tasks), 0) {}

  void add_tokens(const std::vector<std::int32_t>& from, const Range& range) {
    tokens.insert(tokens.end(), from.begin() + range.first, from.begin() + range.second);
    segments.resize(tokens.size(), 0);
  }

  // `count` rows whose tokens or features were added, `prompt` of them before the answer.
  void end_sequence(std::int64_t count, std::int64_t prompt, std::int64_t task) {
    for (std::int64_t i = 0; i < count; ++i) {
      positions.push_back(i);
      row_task.push_back(task);
    }
    lengths.push_back(count);
    prompts.push_back(prompt);
    starts.push_back(starts.back() + count);
    sequence_task.push_back(task);
    task_rows[task] += count;
    const auto asked = static_cast<std::int64_t>(asked_rows.size()) - asked_before_;
    asked_of_sequence.push_back(asked);
    asked_before_ += asked;
  }

  // Asks for `range` of `from`: the row of the first is `row` of the sequence that is being added.
  void ask(const std::vector<std::int32_t>& from, const Range& range, std::int64_t row) {
    for (std::int64_t i = range.first; i < range.second; ++i) {
      asked_rows.push_back(starts.back() + row + i - range.first);
      asked_tokens.push_back(from[i]);
    }
  }

  void end_example(const Dataset& dataset, const Split& split, const Example& example) {
    groups.push_back(static_cast<std::int64_t>(lengths.size()));
    group_task.push_back(example.task);
    const auto first = split.target.begin() + example.index * dataset.target_width;
    target.insert(target.end(), first, first + dataset.target_width);
    const bool real = dataset.tasks[example.task].task.kind == TaskKind::kRegress;
    target_index.push_back(real ? 0 : static_cast<std::int64_t>(*first));
  }

 private:
  std::int64_t asked_before_ = 0;
};

// The sequences of an example that are packed: of an answer by likelihood, training needs the right
// one alone.
Range sequences_of(const TaskData& data, const Split& split, std::int64_t example,
                   const PackForm& form) {
  const Range all{split.groups[example], split.groups[example + 1]};
  if (form.purpose == Purpose::kScoring || data.task.answered_by == AnsweredBy::kHead) return all;
  const auto right = is_text(data.task.kind) ? 0 : static_cast<std::int64_t>(split.target[example]);
  return {all.first + right, all.first + right + 1};
}

bool asks_for_prompt(const TaskData& data, const PackForm& form) {
  return form.purpose == Purpose::kTraining && data.task.loss_on_prompt && !form.decoder_start;
}

// Prompts with an answer beside prompts without one, where a decoder answers.
bool mixes_prompts(const Dataset& dataset, SplitName name, const std::vector<Example>& examples,
                   const PackForm& form) {
  if (!form.decoder_start) return false;
  const auto answered = std::count_if(examples.begin(), examples.end(), [&](const Example& one) {
    return dataset.tasks[one.task].split(name).has_answers();
  });
  return answered > 0 && answered < static_cast<std::ptrdiff_t>(examples.size());
}

struct Packer {
  const Dataset& dataset;
  SplitName name;
  const PackForm& form;
  bool mixed = false;  // answered prompts are packed by themselves too
  Columns main{dataset.task_count()};
  Columns decoder{dataset.task_count()};  // of the examples with answers, where there is one
  Columns prompts{dataset.task_count()};  // of the same, where the batch has others

  void add(const Example& example) {
    const TaskData& data = dataset.tasks[example.task];
    const Split& split = data.split(name);
    const Range sequences = sequences_of(data, split, example.index, form);
    const bool decodes = form.decoder_start && split.has_answers();
    for (auto s = sequences.first; s < sequences.second; ++s) {
      if (decodes) add_decoded(split, s, example.task);
      add_sequence(data, split, s, example.task, main);
      if (decodes && mixed) add_sequence(data, split, s, example.task, prompts);
    }
    main.end_example(dataset, split, example);
    if (!decodes) return;
    decoder.end_example(dataset, split, example);
    if (mixed) prompts.end_example(dataset, split, example);
  }

  void add_sequence(const TaskData& data, const Split& split, std::int64_t s, std::int64_t task,
                    Columns& to) {
    const Range prompt{split.starts[s], split.starts[s + 1]};
    const std::int64_t rows = prompt.second - prompt.first;
    if (dataset.feature_width > 0) {
      to.features.insert(to.features.end(),
                         split.features.begin() + prompt.first * dataset.feature_width,
                         split.features.begin() + prompt.second * dataset.feature_width);
      return to.end_sequence(rows, rows, task);
    }
    to.tokens.insert(to.tokens.end(), split.tokens.begin() + prompt.first,
                     split.tokens.begin() + prompt.second);
    to.segments.insert(to.segments.end(), split.segments.begin() + prompt.first,
                       split.segments.begin() + prompt.second);
    if (!split.has_answers() || form.decoder_start) return to.end_sequence(rows, rows, task);
    const Range answer{split.answer_starts[s], split.answer_starts[s + 1]};
    if (asks_for_prompt(data, form)) {
      to.ask(split.tokens, {prompt.first + 1, prompt.second}, 0);
    }
    to.ask(split.answer_tokens, answer, rows - 1);
    to.add_tokens(split.answer_tokens, {answer.first, answer.second - 1});
    to.end_sequence(rows + answer.second - answer.first - 1, rows, task);
  }

  void add_decoded(const Split& split, std::int64_t s, std::int64_t task) {
    const Range answer{split.answer_starts[s], split.answer_starts[s + 1]};
    decoder.add_tokens({static_cast<std::int32_t>(*form.decoder_start)}, {0, 1});
    decoder.add_tokens(split.answer_tokens, {answer.first, answer.second - 1});
    decoder.ask(split.answer_tokens, answer, 0);
    decoder.source.push_back(static_cast<std::int64_t>(main.lengths.size()));
    for (auto row = split.starts[s]; mixed && row < split.starts[s + 1]; ++row) {
      decoder.source_rows.push_back(main.starts.back() + row - split.starts[s]);
    }
    decoder.end_sequence(answer.second - answer.first, 1, task);
  }
};

// Examples of one task and their sequences, while they are counted.
struct Counted {
  std::vector<std::int64_t> sequences, examples, places;  // places within their example
  std::int64_t most = 0;
};

// Of the tasks that heads answer.
std::map<std::int64_t, Counted> counted_by_task(const Columns& columns, const Dataset& dataset) {
  std::map<std::int64_t, Counted> tasks;
  for (std::size_t group = 0; group < columns.group_task.size(); ++group) {
    const std::int64_t task = columns.group_task[group];
    if (dataset.tasks[task].task.answered_by != AnsweredBy::kHead) continue;
    Counted& counted = tasks[task];
    counted.examples.push_back(static_cast<std::int64_t>(group));
    const std::int64_t first = columns.groups[group], end = columns.groups[group + 1];
    for (std::int64_t s = first; s < end; ++s) {
      counted.sequences.push_back(s);
      counted.places.push_back(s - first);
    }
    counted.most = std::max(counted.most, end - first);
  }
  return tasks;
}

std::vector<std::int64_t> cells_of(const Counted& counted) {
  std::vector<std::int64_t> cells;
  std::int64_t example = -1;
  for (const std::int64_t place : counted.places) {
    if (place == 0) ++example;
    cells.push_back(example * counted.most + place);
  }
  return cells;
}

void add_examples(const Columns& columns, const Dataset& dataset, Batch& batch, Upload& upload) {
  const std::map<std::int64_t, Counted> tasks = counted_by_task(columns, dataset);
  batch.with_heads.resize(tasks.size());
  auto place = batch.with_heads.begin();
  for (const auto& [task, counted] : tasks) {
    place->task = task;
    place->count = static_cast<std::int64_t>(counted.examples.size());
    place->most = counted.most;
    upload.add(counted.sequences, place->sequences);
    upload.add(counted.examples, place->examples);
    upload.add(cells_of(counted), place->cells);
    ++place;
  }
}

void add_rows(const Columns& columns, Batch& batch, Upload& upload) {
  std::vector<std::int64_t> sequences, prompts;
  for (std::size_t s = 0; s < columns.lengths.size(); ++s) {
    sequences.insert(sequences.end(), static_cast<std::size_t>(columns.lengths[s]),
                     static_cast<std::int64_t>(s));
    for (std::int64_t i = 0; i < columns.prompts[s]; ++i) prompts.push_back(columns.starts[s] + i);
  }
  upload.add(columns.positions, batch.positions);
  upload.add(columns.row_task, batch.row_task);
  upload.add(sequences, batch.row_sequence);
  if (prompts.size() < sequences.size()) upload.add(prompts, batch.prompt_row_indices);
}

void add_sequences(const Columns& columns, Batch& batch, Upload& upload) {
  upload.add({columns.starts.begin(), columns.starts.end() - 1}, batch.first_rows);
  upload.add(columns.lengths, batch.lengths);
  upload.add(columns.prompts, batch.prompt_lengths);
  upload.add(columns.sequence_task, batch.sequence_task);
  upload.add(columns.task_rows, batch.task_rows);
  upload.add(columns.target_index, batch.target_index);
  if (!columns.source.empty()) upload.add(columns.source, batch.source_sequence);
  if (!columns.asked_rows.empty()) {
    upload.add(columns.asked_rows, batch.asked.rows);
    upload.add(columns.asked_tokens, batch.asked.tokens);
  }
}

// What attention on an accelerator reads.
void prepare(const LazyBuckets& buckets, const torch::Device& device, const PackForm& form) {
  if (is_accelerator(device)) buckets.key_starts();
  if (form.buckets) buckets.get();
}

Batch to_batch(Columns columns, const Dataset& dataset, const torch::TensorOptions& options,
               const PackForm& form) {
  const auto real = [&](const std::vector<double>& values, std::int64_t width) {
    return sent(torch::tensor(values, torch::kFloat64).view({-1, width}), options);
  };
  Batch batch;
  Upload upload;
  if (dataset.feature_width > 0) {
    batch.features = real(columns.features, dataset.feature_width);
  } else {
    upload.add(columns.tokens, batch.tokens);
    upload.add(columns.segments, batch.segments);
  }
  add_rows(columns, batch, upload);
  add_sequences(columns, batch, upload);
  add_examples(columns, dataset, batch, upload);
  upload.send(options.device());
  batch.target = real(columns.target, dataset.target_width);
  if (!columns.asked_rows.empty()) batch.asked.of_sequence = std::move(columns.asked_of_sequence);
  batch.groups = std::move(columns.groups);
  batch.group_task = std::move(columns.group_task);
  batch.task_of_sequence = std::move(columns.sequence_task);
  batch.buckets = LazyBuckets(std::move(columns.starts), options.device());
  prepare(batch.buckets, options.device(), form);
  batch.tasks = dataset.task_count();
  return batch;
}

// With the prompts by themselves, where the batch is mixed.
Batch decoder_batch(Packer packer, const Batch& all, const torch::TensorOptions& options) {
  const std::vector<std::int64_t> rows = packer.decoder.source_rows;
  std::vector<std::int64_t> source = packer.decoder.source;
  const bool mixed = packer.mixed;
  Batch batch = to_batch(std::move(packer.decoder), packer.dataset, options, packer.form);
  if (mixed) {
    batch.prompt_rows = sent(torch::tensor(rows, torch::kInt64), options.dtype(torch::kInt64));
    batch.prompts = std::make_shared<Batch>(
        to_batch(std::move(packer.prompts), packer.dataset, options, packer.form));
    std::iota(source.begin(), source.end(), std::int64_t{0});
  }
  batch.source_buckets =
      LazyBuckets(batch.buckets, mixed ? batch.prompts->buckets : all.buckets, std::move(source));
  prepare(batch.source_buckets, options.device(), packer.form);
  return batch;
}

}  // namespace

const torch::Tensor& Batch::task_mask(torch::ScalarType type) const {
  torch::Tensor& mask = task_masks_[type];
  if (!mask.defined()) {
    const torch::Tensor numbers = torch::arange(tasks, row_task.options()).unsqueeze(1);
    mask = (row_task.unsqueeze(0) == numbers).to(type);
  }
  return mask;
}

Batch pack(const Dataset& dataset, SplitName split, const std::vector<Example>& examples,
           const torch::TensorOptions& options, const PackForm& form) {
  check(!examples.empty(), "a batch of no examples was asked for");
  Packer packer{dataset, split, form, mixes_prompts(dataset, split, examples, form)};
  for (const Example& example : examples) packer.add(example);
  Batch batch = to_batch(std::move(packer.main), dataset, options, form);
  if (!packer.decoder.lengths.empty()) {
    batch.decoder = std::make_shared<Batch>(decoder_batch(std::move(packer), batch, options));
  }
  return batch;
}

PackedSize packed_size(const TaskData& data, SplitName name, std::int64_t example,
                       const PackForm& form) {
  const Split& split = data.split(name);
  const Range sequences = sequences_of(data, split, example, form);
  PackedSize size{.sequences = sequences.second - sequences.first,
                  .rows = split.starts[sequences.second] - split.starts[sequences.first]};
  if (!split.has_answers()) return size;
  for (auto s = sequences.first; s < sequences.second; ++s) {
    size.asked += split.answer_length(s);
    size.rows += split.answer_length(s) - (form.decoder_start ? 0 : 1);
    if (asks_for_prompt(data, form)) size.asked += split.starts[s + 1] - split.starts[s] - 1;
  }
  return size;
}

double mean_training_rows(const TaskData& data, const PackForm& form) {
  std::int64_t rows = 0;
  for (std::int64_t example = 0; example < data.train.examples(); ++example) {
    rows += packed_size(data, SplitName::kTrain, example, form).rows;
  }
  return static_cast<double>(rows) / static_cast<double>(data.train.examples());
}

Batch rows_of_tasks(const std::vector<std::int32_t>& tasks, std::int64_t task_count,
                    const torch::TensorOptions& options) {
  Dataset dataset;
  dataset.feature_width = 1;
  dataset.tasks.resize(static_cast<std::size_t>(task_count));
  for (TaskData& data : dataset.tasks) {
    data.train = {.features = {0}, .starts = {0, 1}, .groups = {0, 1}, .target = {0}};
  }
  std::vector<Example> examples;
  examples.reserve(tasks.size());
  for (const std::int32_t task : tasks) examples.push_back({task, 0});
  return pack(dataset, SplitName::kTrain, examples, options);
}

}  // namespace rankwise

#include "framework/data/batch.h"

#include "framework/core/error.h"

#include <algorithm>
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

Batch to_batch(Columns columns, const Dataset& dataset, const torch::TensorOptions& options) {
  const torch::Device device = options.device();
  const auto whole = [&](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kInt64).to(device);
  };
  const auto real = [&](const std::vector<double>& values, std::int64_t width) {
    return torch::tensor(values, torch::kFloat64).view({-1, width}).to(options);
  };
  Batch batch;
  if (dataset.feature_width > 0) {
    batch.features = real(columns.features, dataset.feature_width);
  } else {
    batch.tokens = whole(columns.tokens);
    batch.segments = whole(columns.segments);
  }
  batch.positions = whole(columns.positions);
  batch.first_rows = whole({columns.starts.begin(), columns.starts.end() - 1});
  batch.lengths = whole(columns.lengths);
  batch.prompt_lengths = whole(columns.prompts);
  batch.sequence_task = whole(columns.sequence_task);
  batch.row_task = whole(columns.row_task);
  batch.task_rows = whole(columns.task_rows);
  batch.target = real(columns.target, dataset.target_width);
  batch.target_index = whole(columns.target_index);
  batch.groups = std::move(columns.groups);
  batch.group_task = std::move(columns.group_task);
  batch.buckets = LazyBuckets(std::move(columns.starts), device);
  batch.tasks = dataset.task_count();
  if (!columns.asked_rows.empty()) {
    batch.asked = {whole(columns.asked_rows), whole(columns.asked_tokens),
                   std::move(columns.asked_of_sequence)};
  }
  if (!columns.source.empty()) batch.source_sequence = whole(columns.source);
  return batch;
}

// With the prompts by themselves, where the batch is mixed.
Batch decoder_batch(Packer packer, const Dataset& dataset, const torch::TensorOptions& options) {
  const std::vector<std::int64_t> rows = packer.decoder.source_rows;
  Batch batch = to_batch(std::move(packer.decoder), dataset, options);
  if (!packer.mixed) return batch;
  batch.prompt_rows = torch::tensor(rows, torch::kInt64).to(options.device());
  batch.prompts = std::make_shared<Batch>(to_batch(std::move(packer.prompts), dataset, options));
  return batch;
}

}  // namespace

Batch pack(const Dataset& dataset, SplitName split, const std::vector<Example>& examples,
           const torch::TensorOptions& options, const PackForm& form) {
  check(!examples.empty(), "a batch of no examples was asked for");
  Packer packer{dataset, split, form, mixes_prompts(dataset, split, examples, form)};
  for (const Example& example : examples) packer.add(example);
  Batch batch = to_batch(std::move(packer.main), dataset, options);
  if (!packer.decoder.lengths.empty()) {
    batch.decoder = std::make_shared<Batch>(decoder_batch(std::move(packer), dataset, options));
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

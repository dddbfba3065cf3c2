#include "framework/data/batch.h"

#include "framework/core/error.h"

namespace rankwise {

namespace {

// Host-side columns of a batch while its examples are appended.
struct Columns {
  std::vector<std::int64_t> tokens, segments, positions, row_task;
  std::vector<double> features, target;
  std::vector<std::int64_t> starts{0}, lengths, sequence_task, groups{0}, group_task, target_index;
  std::vector<std::int64_t> task_rows;

  void add_sequence(const Split& split, std::int64_t sequence, std::int64_t task,
                    std::int64_t feature_width) {
    const std::int64_t begin = split.starts[sequence];
    const std::int64_t end = split.starts[sequence + 1];
    for (std::int64_t row = begin; row < end; ++row) {
      positions.push_back(row - begin);
      row_task.push_back(task);
    }
    if (feature_width > 0) {
      features.insert(features.end(), split.features.begin() + begin * feature_width,
                      split.features.begin() + end * feature_width);
    } else {
      tokens.insert(tokens.end(), split.tokens.begin() + begin, split.tokens.begin() + end);
      segments.insert(segments.end(), split.segments.begin() + begin, split.segments.begin() + end);
    }
    lengths.push_back(end - begin);
    starts.push_back(starts.back() + end - begin);
    sequence_task.push_back(task);
    task_rows[task] += end - begin;
  }

  void add_example(const Dataset& dataset, SplitName name, const Example& example) {
    const TaskData& data = dataset.tasks[example.task];
    const Split& split = data.split(name);
    for (auto s = split.groups[example.index]; s < split.groups[example.index + 1]; ++s) {
      add_sequence(split, s, example.task, dataset.feature_width);
    }
    groups.push_back(static_cast<std::int64_t>(lengths.size()));
    group_task.push_back(example.task);
    const auto first = split.target.begin() + example.index * dataset.target_width;
    target.insert(target.end(), first, first + dataset.target_width);
    const bool real = data.task.kind == TaskKind::kRegress;
    target_index.push_back(real ? 0 : static_cast<std::int64_t>(*first));
  }
};

}  // namespace

Batch pack(const Dataset& dataset, SplitName split, const std::vector<Example>& examples,
           const torch::TensorOptions& options) {
  check(!examples.empty(), "a batch of no examples was asked for");
  Columns columns;
  columns.task_rows.assign(dataset.tasks.size(), 0);
  for (const Example& example : examples) columns.add_example(dataset, split, example);

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
  batch.sequence_task = whole(columns.sequence_task);
  batch.row_task = whole(columns.row_task);
  batch.task_rows = whole(columns.task_rows);
  batch.target = real(columns.target, dataset.target_width);
  batch.target_index = whole(columns.target_index);
  batch.groups = columns.groups;
  batch.group_task = columns.group_task;
  batch.buckets = LazyBuckets(std::move(columns.starts), device);
  batch.tasks = dataset.task_count();
  return batch;
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

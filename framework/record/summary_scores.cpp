#include "framework/record/summary_scores.h"

#include "framework/core/error.h"
#include "framework/record/summary_columns.h"
#include "framework/record/summary_numbers.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

namespace rankwise {
namespace {

constexpr const char* kTrainStep = "/set/<set>/train/step";
constexpr const char* kStep = "/set/<set>/evaluation/step";
constexpr const char* kColumn = "/set/<set>/evaluation/column";
constexpr const char* kScore = "/set/<set>/evaluation/score";
constexpr const char* kTestColumn = "/set/<set>/test/column";
constexpr const char* kTestScore = "/set/<set>/test/score";
constexpr const char* kSetParameters = "/set/<set>/test/parameters";
constexpr const char* kLabel = "/set/<set>/test/label/<task>";
constexpr const char* kPassed = "/set/<set>/test/passed/<task>";
constexpr const char* kPrediction = "/set/<set>/test/prediction/<task>";
constexpr double kPadding = -1;  // of steps, and of programs that were not run

std::size_t rows_before_padding(const SummaryRow& row, const char* pattern) {
  const std::vector<double> steps = row.numbers(pattern);
  return static_cast<std::size_t>(std::find(steps.begin(), steps.end(), kPadding) - steps.begin());
}

void write_steps(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  if (set.steps == 0) return;
  for_each_summary_step([&](const char* pattern, auto field) {
    using T = std::decay_t<decltype(set.runs.front()->steps.front().*field)>;
    const bool counts = std::string_view(pattern) == kTrainStep;
    RunRows rows(set.runs.size(), {set.steps}, counts ? kPadding : 0);
    for (std::size_t i = 0; i < set.runs.size(); ++i) {
      const auto& steps = set.runs[i]->steps;
      std::transform(steps.begin(), steps.end(), rows[i].begin(), [&](const StepRecord& step) {
        if constexpr (std::is_floating_point_v<T>) return double{rounded(step.*field)};
        return static_cast<double>(step.*field);
      });
    }
    rows.write(file, schema::summary_path(pattern, names));
  });
}

/// Task and metric of each dev score.
std::vector<std::pair<std::string, std::string>> dev_scores(const RunLayout& layout) {
  std::vector<std::pair<std::string, std::string>> scores;
  for (const TaskRecord& task : layout.tasks) {
    for (const std::string& metric : task.metrics) scores.emplace_back(task.name, metric);
  }
  return scores;
}

void write_evaluations(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  if (set.evaluations == 0) return;
  const auto columns = dev_scores(set.layout());
  std::vector<std::string> texts;
  texts.reserve(columns.size());
  for (const auto& [task, metric] : columns) texts.push_back(fmt::format("{}/{}", task, metric));
  RunRows steps(set.runs.size(), {set.evaluations}, kPadding);
  RunRows scores(set.runs.size(), {set.evaluations, columns.size()});
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    auto step = steps[i].begin();
    auto score = scores[i].begin();
    for (const EvaluationRecord& record : set.runs[i]->evaluations) {
      *step++ = static_cast<double>(record.step);
      for (const auto& [task, metric] : columns) *score++ = record.scores.at(task).at(metric);
    }
  }
  steps.write(file, schema::summary_path(kStep, names));
  file.write_packed_strings(schema::summary_path(kColumn, names), texts);
  scores.write(file, schema::summary_path(kScore, names));
}

void write_test_scores(hdf5::File& file, const schema::Names& names, const SummarySet& set) {
  const std::vector<std::string> columns = test_columns(*set.runs.front());
  if (columns.empty()) return;
  RunRows rows(set.runs.size(), {columns.size()});
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    auto score = rows[i].begin();
    for (const PredictionRecord& record : set.runs[i]->final.predictions) {
      for (const auto& [metric, value] : record.scores) *score++ = value;
    }
  }
  file.write_packed_strings(schema::summary_path(kTestColumn, names), columns);
  rows.write(file, schema::summary_path(kTestScore, names));
}

/// Sorted.
std::vector<std::string> parameters_of(const SummaryRun& run) {
  std::set<std::string> parameters;
  for (const auto& record : run.final.predictions) parameters.insert(record.parameters);
  return {parameters.begin(), parameters.end()};
}

/// Shape of one example after another: a width of 1 needs no dimension.
hdf5::Shape example_shape(const PredictionRecord& record) {
  const auto width = static_cast<std::uint64_t>(record.width);
  hdf5::Shape shape{record.prediction.size() / width};
  if (width > 1) shape.push_back(width);
  return shape;
}

/// One task's predictions with every choice of parameters.
void write_predictions(hdf5::File& file, const schema::Names& names, const SummarySet& set,
                       const std::string& task) {
  const std::vector<std::string> parameters = parameters_of(*set.runs.front());
  hdf5::Shape row{parameters.size()};
  std::vector<double> labels;
  for (const PredictionRecord& record : set.runs.front()->final.predictions) {
    if (record.task != task || record.label.empty()) continue;
    const hdf5::Shape examples = example_shape(record);
    check(labels.empty() || labels == record.label, "{}: the labels of {} differ by parameters",
          file.name(), task);
    if (labels.empty()) row.insert(row.end(), examples.begin(), examples.end());
    labels = record.label;
  }
  if (labels.empty()) return;
  RunRows rows(set.runs.size(), row);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    for (const PredictionRecord& record : set.runs[i]->final.predictions) {
      if (record.task != task) continue;
      const auto place = std::find(parameters.begin(), parameters.end(), record.parameters);
      const auto index = static_cast<std::size_t>(place - parameters.begin());
      const std::span<double> part = rows[i].subspan(index * labels.size(), labels.size());
      std::copy(record.prediction.begin(), record.prediction.end(), part.begin());
    }
  }
  schema::Names of_task = names;
  of_task["task"] = task;
  const hdf5::Shape examples(row.begin() + 1, row.end());
  write_numbers(file, schema::summary_path(kLabel, of_task), examples, labels);
  rows.write(file, schema::summary_path(kPrediction, of_task));
}

/// Which of one task's generated programs passed, with the choices of parameters that were run.
void write_passed(hdf5::File& file, const schema::Names& names, const SummarySet& set,
                  const std::string& task) {
  const std::vector<std::string> parameters = parameters_of(*set.runs.front());
  std::size_t programs = 0;
  for (const PredictionRecord& record : set.runs.front()->final.predictions) {
    if (record.task == task) programs = std::max(programs, record.passed.size());
  }
  if (programs == 0) return;
  RunRows rows(set.runs.size(), {parameters.size(), programs}, kPadding);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    for (const PredictionRecord& record : set.runs[i]->final.predictions) {
      if (record.task != task) continue;
      const auto place = std::find(parameters.begin(), parameters.end(), record.parameters);
      const auto index = static_cast<std::size_t>(place - parameters.begin());
      std::copy(record.passed.begin(), record.passed.end(),
                rows[i].subspan(index * programs, programs).begin());
    }
  }
  schema::Names of_task = names;
  of_task["task"] = task;
  rows.write(file, schema::summary_path(kPassed, of_task));
}

/// "sst2/best/accuracy"
struct TestColumn {
  std::string task, parameters, metric;
};

TestColumn parsed(const std::string& column) {
  const auto first = column.find('/'), second = column.find('/', first + 1);
  return {column.substr(0, first), column.substr(first + 1, second - first - 1),
          column.substr(second + 1)};
}

/// Whether generated texts were marked right or wrong: 1 or 0 where 1 is wanted.
bool marks_texts(const PredictionRecord& record) {
  return std::all_of(record.label.begin(), record.label.end(),
                     [](double value) { return value == 1; }) &&
         std::all_of(record.prediction.begin(), record.prediction.end(),
                     [](double value) { return value == 0 || value == 1; });
}

/// Empty where the programs were not run with these parameters, the `index`th of `count`.
std::vector<std::uint8_t> read_passed(const SummaryRow& row, const schema::Names& names,
                                      std::size_t index, std::size_t count) {
  if (!row.has(kPassed, names)) return {};
  const std::vector<double> values = row.numbers(kPassed, names);
  row.check_fit(!values.empty() && values.size() % count == 0, kPassed, names);
  const std::size_t programs = values.size() / count;
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * programs);
  if (*first == kPadding) return {};
  return {first, first + static_cast<std::ptrdiff_t>(programs)};
}

/// One task with one choice of parameters, which the summary has.
PredictionRecord read_prediction(const SummaryRow& row, const TaskRecord& task,
                                 const std::string& parameters) {
  PredictionRecord record{.task = task.name, .split = "test", .parameters = parameters};
  record.scores = read_summary_scores(row, {task.name, "test", parameters});
  const schema::Names names{{"task", task.name}};
  if (!row.has(kPrediction, names)) return record;
  const hdf5::Shape shape = row.shape(kPrediction, names);
  record.width = shape.size() > 2 ? static_cast<std::int64_t>(shape[2]) : 1;
  record.label = row.shared(kLabel, names);
  const std::vector<std::string> all = row.strings(kSetParameters);
  const auto place = std::find(all.begin(), all.end(), parameters) - all.begin();
  const std::vector<double> values = row.numbers(kPrediction, names);
  const auto size = static_cast<std::ptrdiff_t>(record.label.size());
  row.check_fit(values.size() == all.size() * record.label.size() &&
                    place < static_cast<std::ptrdiff_t>(all.size()),
                kPrediction, names);
  record.prediction.assign(values.begin() + place * size, values.begin() + (place + 1) * size);
  record.passed = read_passed(row, names, static_cast<std::size_t>(place), all.size());
  const bool classes = task.kind == "classify" || task.kind == "choose";
  if (!classes && !(task.kind == "generate" && marks_texts(record))) return record;
  for (std::size_t i = 0; i < record.label.size(); ++i) {
    record.correct.push_back(record.prediction[i] == record.label[i] ? 1 : 0);
  }
  return record;
}

}  // namespace

void write_summary_scores(hdf5::File& file, const std::string& name, const SummarySet& set) {
  const schema::Names names{{"set", name}};
  write_steps(file, names, set);
  write_evaluations(file, names, set);
  write_test_scores(file, names, set);
  const std::vector<std::string> parameters = parameters_of(*set.runs.front());
  if (parameters.empty()) return;
  file.write_packed_strings(schema::summary_path(kSetParameters, names), parameters);
  for (const TaskRecord& task : set.layout().tasks) {
    write_predictions(file, names, set, task.name);
    write_passed(file, names, set, task.name);
  }
}

std::size_t summary_steps(const SummaryRow& row) { return rows_before_padding(row, kTrainStep); }
std::size_t summary_evaluations(const SummaryRow& row) { return rows_before_padding(row, kStep); }

std::vector<StepRecord> read_summary_steps(const SummaryRow& row) {
  std::vector<StepRecord> records(summary_steps(row));
  if (records.empty()) return records;
  for_each_summary_step([&](const char* pattern, auto field) {
    using T = std::decay_t<decltype(records.front().*field)>;
    const std::vector<double> values = row.numbers(pattern);
    row.check_fit(values.size() >= records.size(), pattern);
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].*field = static_cast<T>(values[i]);
    }
  });
  return records;
}

std::vector<EvaluationRecord> read_summary_evaluations(const SummaryRow& row) {
  std::vector<EvaluationRecord> records(summary_evaluations(row));
  if (records.empty()) return records;
  const std::vector<std::string> columns = row.strings(kColumn);
  const std::vector<double> steps = row.numbers(kStep), scores = row.numbers(kScore);
  row.check_fit(scores.size() == steps.size() * columns.size(), kScore);
  for (std::size_t e = 0; e < records.size(); ++e) {
    records[e].step = static_cast<std::int64_t>(steps[e]);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto slash = columns[c].find('/');
      records[e].scores[columns[c].substr(0, slash)][columns[c].substr(slash + 1)] =
          scores[e * columns.size() + c];
    }
  }
  return records;
}

std::vector<PredictionRecord> read_summary_predictions(const SummaryRow& row,
                                                       const RunLayout& layout) {
  std::vector<PredictionRecord> records;
  if (!row.has(kSetParameters)) return records;
  for (const TaskRecord& task : layout.tasks) {
    for (const std::string& parameters : row.strings(kSetParameters)) {
      PredictionRecord record = read_prediction(row, task, parameters);
      if (!record.scores.empty()) records.push_back(std::move(record));
    }
  }
  return records;
}

std::optional<PredictionRecord> read_summary_prediction(const SummaryRow& row,
                                                        const RunLayout& layout,
                                                        const PredictionPlace& place) {
  const auto task = std::find_if(layout.tasks.begin(), layout.tasks.end(),
                                 [&](const TaskRecord& known) { return known.name == place.task; });
  if (task == layout.tasks.end() || read_summary_scores(row, place).empty()) return std::nullopt;
  return read_prediction(row, *task, place.parameters);
}

std::map<std::string, double> read_summary_scores(const SummaryRow& row,
                                                  const PredictionPlace& place) {
  std::map<std::string, double> scores;
  if (place.split != "test" || !row.has(kTestColumn)) return scores;
  const std::vector<std::string> columns = row.strings(kTestColumn);
  const std::vector<double> values = row.numbers(kTestScore);
  row.check_fit(values.size() == columns.size(), kTestScore);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const TestColumn column = parsed(columns[c]);
    if (column.task == place.task && column.parameters == place.parameters) {
      scores[column.metric] = values[c];
    }
  }
  return scores;
}

}  // namespace rankwise

#include "framework/record/final_record.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/record/record_checks.h"
#include "framework/record/run_columns.h"
#include "framework/record/schema.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace rankwise {
namespace {

constexpr const char* kParameters = "/parameters";
constexpr const char* kAnswer = "/evaluation/<task>/<split>/<parameters>/answer/";
constexpr const char* kGenerated = "/evaluation/<task>/<split>/<parameters>/generated";
constexpr const char* kPassed = "/evaluation/<task>/<split>/<parameters>/generated/passed";
constexpr const char* kSampleTask = "/embedding/sample_task";

template <class T>
void write(hdf5::File& file, const schema::Slot& slot, const std::vector<T>& values) {
  check(values.size() == hdf5::element_count(slot.shape), "{}: {} has {} values, expected {}",
        file.name(), slot.path, values.size(), hdf5::to_string(slot.shape));
  schema::create(file, slot).write(values);
}

std::string prediction_group(const PredictionPlace& place) {
  return fmt::format("/evaluation/{}/{}/{}", place.task, place.split, place.parameters);
}

void write_answers(hdf5::File& file, const schema::Names& names, const AnswerScores& answers) {
  const schema::Sizes sizes{{"G+1", answers.starts.size()}, {"C", answers.size()}};
  const auto slot = [&](const char* array) {
    return schema::slot(std::string(kAnswer) + array, names, sizes);
  };
  write(file, slot("start"), answers.starts);
  write(file, slot("log_probability"), answers.log_probability);
  write(file, slot("tokens"), answers.tokens);
  write(file, slot("bytes"), answers.bytes);
  write(file, slot("greedy"), answers.greedy);
}

AnswerScores read_answers(const hdf5::File& file, const std::string& group) {
  const hdf5::Dataset log_probability = file.dataset(group + "/log_probability");
  const hdf5::Shape& shape = log_probability.shape();
  return {.starts = file.read<std::int64_t>(group + "/start"),
          .log_probability = log_probability.read<double>(),
          .tokens = file.read<std::int64_t>(group + "/tokens", shape),
          .bytes = file.read<std::int64_t>(group + "/bytes", shape),
          .greedy = file.read<std::uint8_t>(group + "/greedy", shape)};
}

// Strings, which the schema's arrays of numbers do not cover.
void write_generated(hdf5::File& file, schema::Names names, const PredictionRecord& record) {
  const GeneratedTexts& texts = record.generated;
  const auto path = [&](const char* end) {
    return schema::with_names(std::string(kGenerated) + end, names);
  };
  file.write_packed_strings(path("/text"), texts.texts);
  std::vector<std::string> references;
  std::vector<std::int64_t> starts{0};
  for (const std::vector<std::string>& of_example : texts.references) {
    references.insert(references.end(), of_example.begin(), of_example.end());
    starts.push_back(static_cast<std::int64_t>(references.size()));
  }
  file.write_packed_strings(path("/reference"), references);
  file.write(path("/reference_start"), {starts.size()}, starts);
  file.set_attribute(path(""), "rule", texts.rule);
  file.set_attribute(path(""), "labels", nlohmann::json(texts.labels).dump());
  if (!record.passed.empty()) {
    write(file, schema::slot(kPassed, names, {{"X", texts.texts.size()}}), record.passed);
  }
  for (const auto& [site, count] : record.generation_usage) {
    names["site"] = site;
    write(file,
          schema::slot(std::string(kGenerated) + "/usage/<site>", names, {{"R", count.size()}}),
          count);
  }
}

std::vector<std::string> read_labels(const hdf5::File& file, const std::string& group) {
  const std::string place = fmt::format("{}: {} @labels", file.name(), group);
  const auto labels = parse_json(file.attribute<std::string>(group, "labels"), place);
  const bool texts =
      labels.is_array() && std::all_of(labels.begin(), labels.end(),
                                       [](const auto& label) { return label.is_string(); });
  check(texts, "{}: is no JSON list of texts", place);
  return labels;
}

GeneratedTexts read_generated(const hdf5::File& file, const std::string& group) {
  GeneratedTexts texts{.texts = file.dataset(group + "/text").read_strings(),
                       .references = {},
                       .labels = read_labels(file, group),
                       .rule = file.attribute<std::string>(group, "rule")};
  const auto references = file.dataset(group + "/reference").read_strings();
  const auto starts = file.read<std::int64_t>(group + "/reference_start");
  const std::size_t parts = starts.empty() ? 0 : starts.size() - 1;
  check_starts(starts, parts, references.size(), file.name() + ": " + group + "/reference_start");
  for (std::size_t i = 0; i < parts; ++i) {
    texts.references.emplace_back(references.begin() + starts[i],
                                  references.begin() + starts[i + 1]);
  }
  return texts;
}

void write_prediction(hdf5::File& file, const PredictionRecord& record) {
  check(record.width > 0, "{}: predictions of {} have width {}", file.name(), record.task,
        record.width);
  const schema::Names names{
      {"task", record.task}, {"split", record.split}, {"parameters", record.parameters}};
  const auto width = static_cast<std::uint64_t>(record.width);
  const schema::Sizes sizes{{"G", record.prediction.size() / width}, {"W", width}};
  const auto slot = [&](const char* array) {
    return schema::slot(std::string("/evaluation/<task>/<split>/<parameters>/") + array, names,
                        sizes);
  };
  write(file, slot("prediction"), record.prediction);
  write(file, slot("label"), record.label);
  if (!record.correct.empty()) write(file, slot("correct"), record.correct);
  if (record.answers.size() > 0) write_answers(file, names, record.answers);
  if (!record.generated.texts.empty()) write_generated(file, names, record);
  for (const auto& [metric, score] : record.scores) {
    file.set_attribute(prediction_group({record.task, record.split, record.parameters}), metric,
                       score);
  }
}

std::map<std::string, double> read_scores(const hdf5::File& file, const std::string& group) {
  std::map<std::string, double> scores;
  for (const auto& [metric, value] : file.attributes(group)) {
    scores[metric] = file.value_of<double>(value, group, metric);
  }
  return scores;
}

PredictionRecord read_prediction(const hdf5::File& file, const PredictionPlace& place) {
  const std::string group = prediction_group(place);
  PredictionRecord record;
  std::tie(record.task, record.split, record.parameters) =
      std::tie(place.task, place.split, place.parameters);
  const hdf5::Dataset prediction = file.dataset(group + "/prediction");
  const hdf5::Shape& shape = prediction.shape();
  record.width = shape.size() > 1 ? static_cast<std::int64_t>(shape[1]) : 1;
  record.prediction = prediction.read<double>();
  record.label = file.read<double>(group + "/label", shape);
  if (file.exists(group + "/correct")) {
    record.correct = file.read<std::uint8_t>(group + "/correct", {prediction.rows()});
  }
  if (file.exists(group + "/answer")) record.answers = read_answers(file, group + "/answer");
  if (file.exists(group + "/generated")) {
    record.generated = read_generated(file, group + "/generated");
    if (file.exists(group + "/generated/passed")) {
      record.passed =
          file.read<std::uint8_t>(group + "/generated/passed", {record.generated.texts.size()});
    }
    for (const std::string& site : file.children(group + "/generated/usage")) {
      record.generation_usage[site] =
          file.read<std::uint64_t>(fmt::format("{}/generated/usage/{}", group, site));
    }
  }
  record.scores = read_scores(file, group);
  return record;
}

void write_sample_embedding(hdf5::File& file, const SampleEmbedding& record, std::size_t samples) {
  write(file,
        schema::slot("/embedding/<site>/sample", {{"site", record.site}},
                     {{"n", samples}, {"D", static_cast<std::uint64_t>(record.width)}}),
        record.values);
}

void write_factors(hdf5::File& file, const FactorRecord& record) {
  const schema::Names names{{"site", record.site}};
  const schema::Sizes sizes{{"R", static_cast<std::uint64_t>(record.ranks)},
                            {"in", static_cast<std::uint64_t>(record.in)},
                            {"out", static_cast<std::uint64_t>(record.out)}};
  write(file, schema::slot("/factors/<site>/a", names, sizes), record.a);
  write(file, schema::slot("/factors/<site>/b", names, sizes), record.b);
}

void write_gradients(hdf5::File& file, const GradientRecord& record) {
  write(file,
        schema::slot("/gradient/<site>/covariance", {{"site", record.site}},
                     {{"R", static_cast<std::uint64_t>(record.ranks)}}),
        record.covariance);
}

/// A matrix of floats: its sides and its values.
struct Matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<float> values;
};

Matrix read_matrix(const hdf5::File& file, const std::string& path) {
  const hdf5::Dataset dataset = file.dataset(path);
  const hdf5::Shape& shape = dataset.shape();
  check(shape.size() == 2, "{}: has shape {}, expected two dimensions", dataset.place().text(),
        hdf5::to_string(shape));
  return {static_cast<std::int64_t>(shape[0]), static_cast<std::int64_t>(shape[1]),
          dataset.read<float>()};
}

}  // namespace

void write_final_record(hdf5::File& file, const FinalRecord& record,
                        const std::vector<TaskRecord>& tasks) {
  for (const PredictionRecord& prediction : record.predictions) {
    const bool known = std::any_of(tasks.begin(), tasks.end(), [&](const TaskRecord& task) {
      return task.name == prediction.task;
    });
    check(known, "{}: predictions of '{}', which is no task of the run", file.name(),
          prediction.task);
    write_prediction(file, prediction);
  }
  write(file, schema::slot(kSampleTask, {}, {{"n", record.sample_tasks.size()}}),
        record.sample_tasks);
  for (const SampleEmbedding& embedding : record.sample_embeddings) {
    write_sample_embedding(file, embedding, record.sample_tasks.size());
  }
  for (const FactorRecord& factors : record.factors) write_factors(file, factors);
  for (const GradientRecord& gradients : record.gradients) write_gradients(file, gradients);
  file.create_group(kParameters);
  for_each_parameter_count([&](const char* name, auto field) {
    file.set_attribute(kParameters, name, record.parameters.*field);
  });
}

std::vector<PredictionRecord> read_predictions(const hdf5::File& file,
                                               const std::vector<TaskRecord>& tasks) {
  std::vector<PredictionRecord> records;
  for (const TaskRecord& task : tasks) {
    const std::string task_group = "/evaluation/" + task.name;
    for (const std::string& split : file.children(task_group)) {
      const std::string split_group = fmt::format("{}/{}", task_group, split);
      for (const std::string& parameters : file.children(split_group)) {
        records.push_back(read_prediction(file, {task.name, split, parameters}));
      }
    }
  }
  return records;
}

std::optional<PredictionRecord> find_prediction(const hdf5::File& file,
                                                const PredictionPlace& place) {
  if (!file.exists(prediction_group(place))) return std::nullopt;
  return read_prediction(file, place);
}

std::map<std::string, double> read_final_scores(const hdf5::File& file,
                                                const PredictionPlace& place) {
  const std::string group = prediction_group(place);
  return file.exists(group) ? read_scores(file, group) : std::map<std::string, double>();
}

void write_passed(hdf5::File& file, const PredictionRecord& record, const ProgramLimits& limits) {
  const PredictionPlace place{record.task, record.split, record.parameters};
  const schema::Slot slot = schema::slot(
      kPassed, {{"task", record.task}, {"split", record.split}, {"parameters", record.parameters}},
      {{"X", record.generated.texts.size()}});
  if (!file.exists(slot.path)) schema::create(file, slot);
  schema::open(file, slot).write(record.passed);
  file.set_attribute(slot.path, "command", limits.command);
  file.set_attribute(slot.path, "seconds", limits.seconds);
  file.set_attribute(slot.path, "mebibytes", limits.mebibytes);
  file.set_attribute(slot.path, "network", limits.network);
  for (const auto& [metric, score] : record.scores) {
    file.set_attribute(prediction_group(place), metric, score);
  }
}

std::vector<SampleEmbedding> read_sample_embeddings(const hdf5::File& file) {
  std::vector<SampleEmbedding> records;
  for (const std::string& site : file.children("/embedding")) {
    const std::string path = "/embedding/" + site + "/sample";
    if ("/embedding/" + site == kSampleTask || !file.exists(path)) continue;
    Matrix matrix = read_matrix(file, path);
    records.push_back({site, matrix.columns, std::move(matrix.values)});
  }
  return records;
}

std::vector<std::int32_t> read_sample_tasks(const hdf5::File& file) {
  return file.exists(kSampleTask) ? file.read<std::int32_t>(kSampleTask)
                                  : std::vector<std::int32_t>();
}

std::vector<FactorRecord> read_factors(const hdf5::File& file) {
  std::vector<FactorRecord> records;
  for (const std::string& site : file.children("/factors")) {
    Matrix a = read_matrix(file, "/factors/" + site + "/a");
    Matrix b = read_matrix(file, "/factors/" + site + "/b");
    check(a.rows == b.columns, "{}: factors of {} have {} and {} ranks", file.name(), site, a.rows,
          b.columns);
    records.push_back({site, a.rows, a.columns, b.rows, std::move(a.values), std::move(b.values)});
  }
  return records;
}

std::vector<GradientRecord> read_gradients(const hdf5::File& file) {
  std::vector<GradientRecord> records;
  for (const std::string& site : file.children("/gradient")) {
    const hdf5::Dataset covariance = file.dataset("/gradient/" + site + "/covariance");
    const hdf5::Shape& shape = covariance.shape();
    check(shape.size() == 2 && shape[0] == shape[1], "{}: has shape {}, expected a square",
          covariance.place().text(), hdf5::to_string(shape));
    records.push_back({site, static_cast<std::int64_t>(shape[0]), covariance.read<double>()});
  }
  return records;
}

ParameterCounts read_parameters(const hdf5::File& file) {
  ParameterCounts counts;
  if (!file.exists(kParameters)) return counts;
  for_each_parameter_count([&](const char* name, auto field) {
    counts.*field = file.attribute<std::int64_t>(kParameters, name);
  });
  return counts;
}

}  // namespace rankwise

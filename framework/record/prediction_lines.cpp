#include "framework/record/prediction_lines.h"

#include <cmath>

namespace rankwise {
namespace {

using nlohmann::ordered_json;

// A class is stored as a real number.
ordered_json finite_number(double value, bool whole) {
  if (!std::isfinite(value)) return nullptr;
  if (whole) return static_cast<std::int64_t>(value);
  return value;
}

ordered_json values_of_example(const std::vector<double>& values, std::size_t index,
                               const PredictionRecord& record) {
  const bool whole = !record.correct.empty();
  const auto width = static_cast<std::size_t>(record.width);
  if (width == 1) return finite_number(values[index], whole);
  ordered_json list = ordered_json::array();
  for (std::size_t i = index * width; i < (index + 1) * width; ++i) {
    list.push_back(finite_number(values[i], whole));
  }
  return list;
}

ordered_json answers_of(const AnswerScores& answers, std::size_t index) {
  ordered_json list = ordered_json::array();
  const auto end = static_cast<std::size_t>(answers.starts[index + 1]);
  for (auto i = static_cast<std::size_t>(answers.starts[index]); i < end; ++i) {
    list.push_back({{"log_probability", finite_number(answers.log_probability[i], false)},
                    {"tokens", answers.tokens[i]},
                    {"bytes", answers.bytes[i]},
                    {"greedy", answers.greedy[i] != 0}});
  }
  return list;
}

}  // namespace

ordered_json prediction_line(const PredictionRecord& record, std::size_t index) {
  ordered_json line{{"task", record.task},
                    {"split", record.split},
                    {"parameters", record.parameters},
                    {"index", index},
                    {"prediction", values_of_example(record.prediction, index, record)},
                    {"label", values_of_example(record.label, index, record)}};
  if (!record.correct.empty()) line["correct"] = record.correct[index] != 0;
  if (record.answers.size() > 0) line["answers"] = answers_of(record.answers, index);
  if (record.generated.texts.empty()) return line;
  const GeneratedTexts& generated = record.generated;
  const auto first =
      generated.texts.begin() + static_cast<std::ptrdiff_t>(index * generated.samples());
  line["texts"] =
      std::vector<std::string>(first, first + static_cast<std::ptrdiff_t>(generated.samples()));
  line["references"] = generated.references[index];
  if (record.passed.empty()) return line;
  for (std::size_t i = 0; i < generated.samples(); ++i) {
    line["passed"].push_back(record.passed[index * generated.samples() + i] != 0);
  }
  return line;
}

std::size_t prediction_count(const PredictionRecord& record) {
  return record.prediction.size() / static_cast<std::size_t>(record.width);
}

}  // namespace rankwise

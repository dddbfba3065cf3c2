#include "framework/record/record_checks.h"

#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace rankwise {
namespace {

void check_size(const char* what, std::size_t found, std::size_t expected,
                const std::string& where) {
  check(found == expected, "{}: has {} values of {}, expected {}", where, found, what, expected);
}

void check_answers(const AnswerScores& answers, std::size_t examples, const std::string& where) {
  if (answers.size() == 0 && answers.starts.empty()) return;
  check_starts(answers.starts, examples, answers.size(), where + "/answer/start");
  check_size("answer/tokens", answers.tokens.size(), answers.size(), where);
  check_size("answer/bytes", answers.bytes.size(), answers.size(), where);
  check_size("answer/greedy", answers.greedy.size(), answers.size(), where);
}

void check_generated(const PredictionRecord& record, std::size_t examples,
                     const std::string& where) {
  const std::size_t texts = record.generated.texts.size();
  if (texts > 0) {
    check_size("generated/reference", record.generated.references.size(), examples, where);
    check(examples > 0 && texts % examples == 0, "{}: has {} generated texts of {} examples", where,
          texts, examples);
  }
  if (!record.passed.empty() && texts > 0) {
    check_size("generated/passed", record.passed.size(), texts, where);
  }
}

}  // namespace

void check_starts(const std::vector<std::int64_t>& starts, std::size_t parts, std::size_t end,
                  const std::string& where) {
  check(starts.size() == parts + 1 && starts.front() == 0 &&
            starts.back() == static_cast<std::int64_t>(end) &&
            std::is_sorted(starts.begin(), starts.end()),
        "{}: {} offsets, expected {} that rise from 0 to {}", where, starts.size(), parts + 1, end);
}

void check_steps(const std::vector<StepRecord>& steps, std::size_t tasks,
                 const std::string& where) {
  for (const StepRecord& step : steps) {
    check(step.task >= -1 && step.task < static_cast<std::int64_t>(tasks),
          "{}: step {} is of task {}, of {}", where, step.step, step.task, tasks);
  }
}

void check_sample_tasks(const std::vector<std::int32_t>& sample_tasks, std::size_t tasks,
                        const std::string& where) {
  for (const std::int32_t task : sample_tasks) {
    check(task >= 0 && task < static_cast<std::int64_t>(tasks),
          "{}: a sampled sequence is of task {}, of {}", where, task, tasks);
  }
}

void check_prediction(const PredictionRecord& record, const std::string& where) {
  const std::string place =
      fmt::format("{}: {}/{}/{}", where, record.task, record.split, record.parameters);
  const auto width = static_cast<std::size_t>(std::max<std::int64_t>(record.width, 0));
  const std::size_t values = record.prediction.size();
  check(width > 0 && values % width == 0, "{}: has {} predictions of width {}", place, values,
        record.width);
  if (!record.label.empty()) check_size("label", record.label.size(), values, place);
  const std::size_t examples = values / width;
  if (!record.correct.empty()) check_size("correct", record.correct.size(), examples, place);
  check_answers(record.answers, examples, place);
  check_generated(record, examples, place);
}

}  // namespace rankwise

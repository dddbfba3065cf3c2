#include "framework/train/training_logs.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/atomic_file.h"
#include "framework/io/event_file.h"

#include <algorithm>
#include <fstream>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

using nlohmann::json;

// A task of the layout by name; empty for a batch of several tasks.
std::string task_of(const StepRecord& record, const std::vector<TaskRecord>& tasks) {
  return record.task < 0 ? "" : tasks.at(static_cast<std::size_t>(record.task)).name;
}

// One event a line, there for readers at once.
class JsonLog : public Observer {
 public:
  JsonLog(const fs::path& path, const RunLayout& layout) : path_(path), tasks_(layout.tasks) {
    create_parent_folder(path);
    stream_.open(path, std::ios::trunc);
    check(stream_.good(), "{}: cannot be written", path_.string());
  }
  void on_step(const StepRecord& record) override {
    json line{{"event", "step"},
              {"step", record.step},
              {"loss", record.loss},
              {"auxiliary", record.auxiliary},
              {"learning_rate", record.learning_rate},
              {"tokens", record.tokens},
              {"seconds", record.seconds}};
    if (record.task >= 0) line["task"] = task_of(record, tasks_);
    write(line);
  }
  void on_evaluation(const EvaluationRecord& record) override {
    write({{"event", "evaluation"}, {"step", record.step}, {"scores", record.scores}});
  }

 private:
  void write(const json& line) {
    stream_ << line.dump() << '\n' << std::flush;
    check(stream_.good(), "{}: cannot be written", path_.string());
  }

  fs::path path_;
  std::vector<TaskRecord> tasks_;
  std::ofstream stream_;
};

// Losses of a task stand in a curve of their own: tasks differ in the size of theirs.
class EventLog : public Observer {
 public:
  EventLog(const fs::path& path, const RunLayout& layout) : tasks_(layout.tasks), file_(path) {}
  void on_step(const StepRecord& record) override {
    const std::string task = task_of(record, tasks_);
    file_.scalars(record.step, {{task.empty() ? "train/loss" : "train/loss/" + task, record.loss},
                                {"train/auxiliary", record.auxiliary},
                                {"train/learning_rate", record.learning_rate}});
  }
  void on_evaluation(const EvaluationRecord& record) override {
    std::vector<std::pair<std::string, double>> values;
    for (const auto& [task, scores] : record.scores) {
      for (const auto& [metric, score] : scores) {
        values.emplace_back(fmt::format("dev/{}/{}", task, metric), score);
      }
    }
    file_.scalars(record.step, values);
  }

 private:
  std::vector<TaskRecord> tasks_;
  EventFile file_;
};

// Steps and evaluations as they came: an evaluation follows the step it is after.
void tell_again(const RunHistory& history, Observer& log) {
  auto evaluation = history.evaluations.begin();
  const auto tell_evaluations_before = [&](std::int64_t step) {
    for (; evaluation != history.evaluations.end() && evaluation->step < step; ++evaluation) {
      log.on_evaluation(*evaluation);
    }
  };
  for (const StepRecord& record : history.steps) {
    tell_evaluations_before(record.step);
    log.on_step(record);
  }
  for (; evaluation != history.evaluations.end(); ++evaluation) log.on_evaluation(*evaluation);
}

}  // namespace

fs::path json_log_path(const fs::path& run_file) {
  return fs::path(run_file).replace_extension(".train.jsonl");
}

fs::path event_log_path(const fs::path& run_file) {
  return fs::path(run_file).replace_extension(".tensorboard") / "events.out.tfevents.rankwise";
}

TrainingLogs::TrainingLogs(const std::vector<std::string>& kinds, const fs::path& run_file,
                           const RunLayout& layout, const RunHistory& history) {
  const auto wanted = [&](const char* kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (wanted("jsonl")) logs_.push_back(std::make_unique<JsonLog>(json_log_path(run_file), layout));
  if (wanted("tensorboard")) {
    logs_.push_back(std::make_unique<EventLog>(event_log_path(run_file), layout));
  }
  for (const auto& log : logs_) tell_again(history, *log);
}

void TrainingLogs::on_step(const StepRecord& record) {
  for (const auto& log : logs_) log->on_step(record);
}

void TrainingLogs::on_evaluation(const EvaluationRecord& record) {
  for (const auto& log : logs_) log->on_evaluation(record);
}

}  // namespace rankwise

#include "analysis/runs/task_scores.h"

#include "framework/core/error.h"
#include "framework/core/metrics.h"

namespace rankwise::analysis {

bool higher_is_better(const std::string& metric) {
  return !metrics().contains(metric) || metrics().find(metric).higher_is_better;
}

bool names_metric(const std::string& score) { return score.find('/') != std::string::npos; }

TaskMetric task_metric(const std::string& score) {
  const auto slash = score.find('/');
  check(slash != std::string::npos && slash > 0 && slash + 1 < score.size(),
        "'{}' is no score of a metric; expected task/metric, as in code/pass_at_1", score);
  return {score.substr(0, slash), score.substr(slash + 1)};
}

std::optional<TaskScore> score_of(const RunFile& file, const TaskMetric& name,
                                  const std::string& split, const std::string& parameters) {
  const auto of_task = file.final_scores({name.task, split, parameters});
  const auto found = of_task.find(name.metric);
  if (found == of_task.end()) return std::nullopt;
  const bool rises = higher_is_better(name.metric);
  return TaskScore{name.metric, rises, (rises ? 100 : 1) * found->second};
}

std::map<std::string, TaskScore> task_scores(const RunFile& file, const std::string& split,
                                             const std::string& parameters) {
  std::map<std::string, TaskScore> scores;
  for (const TaskRecord& task : file.layout().tasks) {
    if (task.metrics.empty()) continue;
    const auto score = score_of(file, {task.name, task.metrics.front()}, split, parameters);
    if (score) scores[task.name] = *score;
  }
  return scores;
}

std::optional<TaskScore> average_score(const std::map<std::string, TaskScore>& scores) {
  if (scores.empty()) return std::nullopt;
  TaskScore mean{"average", scores.begin()->second.higher_is_better, 0};
  for (const auto& [task, score] : scores) {
    if (score.higher_is_better != mean.higher_is_better) return std::nullopt;
    mean.value += score.value / static_cast<double>(scores.size());
  }
  return mean;
}

}  // namespace rankwise::analysis

#include "analysis/runs/task_scores.h"

#include "framework/core/metrics.h"

namespace rankwise::analysis {

bool higher_is_better(const std::string& metric) {
  return !metrics().contains(metric) || metrics().find(metric).higher_is_better;
}

std::map<std::string, TaskScore> task_scores(const RunFile& file, const std::string& split,
                                             const std::string& parameters) {
  std::map<std::string, TaskScore> scores;
  for (const TaskRecord& task : file.layout().tasks) {
    if (task.metrics.empty()) continue;
    const std::string& metric = task.metrics.front();
    const auto of_task = file.final_scores({task.name, split, parameters});
    const auto found = of_task.find(metric);
    if (found == of_task.end()) continue;
    const bool rises = higher_is_better(metric);
    scores[task.name] = {metric, rises, (rises ? 100 : 1) * found->second};
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

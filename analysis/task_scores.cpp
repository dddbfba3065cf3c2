#include "analysis/task_scores.h"

#include "framework/core/metrics.h"

namespace rankwise {

std::map<std::string, TaskScore> task_scores(const RunFile& file, const std::string& split,
                                             const std::string& parameters) {
  std::map<std::string, std::string> first_metric;
  for (const TaskRecord& task : file.layout().tasks) {
    if (!task.metrics.empty()) first_metric[task.name] = task.metrics.front();
  }
  std::map<std::string, TaskScore> scores;
  for (const PredictionRecord& record : file.predictions()) {
    const auto metric = first_metric.find(record.task);
    if (record.split != split || record.parameters != parameters || metric == first_metric.end()) {
      continue;
    }
    const auto found = record.scores.find(metric->second);
    if (found == record.scores.end()) continue;
    const bool rises =
        !metrics().contains(metric->second) || metrics().find(metric->second).higher_is_better;
    scores[record.task] = {metric->second, rises, (rises ? 100 : 1) * found->second};
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

}  // namespace rankwise

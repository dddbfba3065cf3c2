#include "analysis/measures/training_curves.h"

#include "analysis/statistics/statistics.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <map>

namespace rankwise::analysis {
namespace {

using ByStep = std::map<std::int64_t, std::vector<double>>;  // the values of the seeds

/// Adds a run's dev scores of one metric.
void add_scores(const std::vector<EvaluationRecord>& evaluations, const TaskRecord& task,
                ByStep& values) {
  for (const EvaluationRecord& evaluation : evaluations) {
    const auto scores = evaluation.scores.find(task.name);
    if (scores == evaluation.scores.end()) continue;
    const auto score = scores->second.find(task.metrics.front());
    if (score != scores->second.end()) values[evaluation.step].push_back(score->second);
  }
}

ScoreCurve to_curve(const RunGroup& group, const TaskRecord& task, const ByStep& values) {
  ScoreCurve curve{group.label, task.name, task.metrics.front(), {}, {}, {}, {}};
  for (const auto& [step, scores] : values) {
    curve.step.push_back(step);
    curve.mean.push_back(mean_std(scores).mean);
    curve.low.push_back(*std::min_element(scores.begin(), scores.end()));
    curve.high.push_back(*std::max_element(scores.begin(), scores.end()));
  }
  return curve;
}

}  // namespace

LossCurve loss_curve(const RunGroup& group) {
  ByStep values;
  for (const Run& run : group.runs) {
    for (const StepRecord& record : run.file().steps()) {
      values[record.step].push_back(record.loss);
    }
  }
  LossCurve curve{group.label, {}, {}};
  for (const auto& [step, losses] : values) {
    curve.step.push_back(step);
    curve.loss.push_back(mean_std(losses).mean);
  }
  return curve;
}

std::vector<ScoreCurve> score_curves(const RunGroup& group) {
  std::vector<TaskRecord> tasks;
  std::map<std::string, ByStep> values;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const std::vector<EvaluationRecord> evaluations = file.scores();
    if (tasks.empty()) tasks = file.layout().tasks;
    for (const TaskRecord& task : tasks) {
      if (!task.metrics.empty()) add_scores(evaluations, task, values[task.name]);
    }
  }
  std::vector<ScoreCurve> curves;
  for (const TaskRecord& task : tasks) {
    if (!values[task.name].empty()) curves.push_back(to_curve(group, task, values[task.name]));
  }
  return curves;
}

std::vector<double> moving_mean(const std::vector<double>& values, std::size_t window) {
  const std::size_t before = (window - 1) / 2, after = window / 2;
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i - std::min(i, before), end = std::min(values.size(), i + after + 1);
    double sum = 0;
    for (std::size_t j = begin; j < end; ++j) sum += values[j];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

}  // namespace rankwise::analysis

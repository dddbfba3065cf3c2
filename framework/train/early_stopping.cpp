#include "framework/train/early_stopping.h"

#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/core/nearest.h"

#include <fmt/ranges.h>

#include <cmath>
#include <vector>

namespace rankwise {

namespace {

std::vector<std::string> known_scores(const Dataset& dataset) {
  std::vector<std::string> known{"selection"};
  for (const TaskData& data : dataset.tasks) {
    for (const std::string& metric : data.task.metrics) {
      known.push_back(data.task.name + "/" + metric);
    }
  }
  return known;
}

}  // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options, const Dataset& dataset)
    : options_(options), dataset_(dataset) {
  if (!options.patience || options.metric == "selection") return;
  for (const TaskData& data : dataset.tasks) {
    for (const std::string& metric : data.task.metrics) {
      if (data.task.name + "/" + metric != options.metric) continue;
      task_ = data.task.name;
      metric_ = metric;
      sign_ = metrics().find(metric).higher_is_better ? 1 : -1;
      return;
    }
  }
  const std::vector<std::string> known = known_scores(dataset);
  fail("train.early_stopping.metric: nothing is scored as '{}'{}; the scores are {}",
       options.metric, did_you_mean(options.metric, known), fmt::join(known, ", "));
}

double EarlyStopping::score(const ScoresByTask& scores) const {
  return task_.empty() ? selection_score(scores, dataset_) : sign_ * scores.at(task_).at(metric_);
}

void EarlyStopping::see(std::int64_t step, const ScoresByTask& scores) {
  if (!options_.patience) return;
  const double found = score(scores);
  if (best_step_ < 0 || std::isnan(best_) || found > best_ + options_.min_delta) {
    best_ = found;
    best_step_ = step;
    without_ = 0;
  } else {
    ++without_;
  }
}

std::string EarlyStopping::reason() const {
  return fmt::format("{} is not {} {:.4g} (step {}) by more than {} after {} more evaluations",
                     options_.metric, sign_ > 0 ? "above" : "below", sign_ * best_, best_step_,
                     options_.min_delta, without_);
}

nlohmann::json EarlyStopping::facts() const {
  return {{"metric", options_.metric},
          {"best", sign_ * best_},
          {"best_step", best_step_},
          {"min_delta", options_.min_delta},
          {"evaluations", without_}};
}

}  // namespace rankwise

#include "framework/merge/outcome.h"

#include "framework/core/error.h"
#include "framework/data/doubles.h"
#include "framework/merge/merge_method.h"
#include "framework/merge/similarity.h"
#include "framework/record/run_reader.h"
#include "framework/train/evaluator.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace rankwise {

namespace {

using torch::Tensor;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tensor pooled_of(MergeSource& source, std::int32_t task) {
  const std::int64_t rows = source.config.train.evaluation_rows;
  std::vector<Tensor> pooled;
  for (const auto& examples : evaluation_batches(source.dataset().tasks[task].test, task, rows)) {
    const Batch batch = pack(source.dataset(), SplitName::kTest, examples, source.setup.tensors,
                             source.model().pack_form(Purpose::kScoring));
    pooled.push_back(source.model().forward({.batch = batch, .count_usage = false}).pooled);
  }
  return torch::cat(pooled);
}

void append(std::vector<double>& to, const Tensor& values) {
  const std::vector<double> added = doubles(values);
  to.insert(to.end(), added.begin(), added.end());
}

// [M, M] the smallest and the mean principal angle between the rows of each two matrices; NaN where
// rows span everything, so that the angles would be zero whatever they are.
std::pair<Tensor, Tensor> angles_between(const std::vector<Tensor>& matrices) {
  const auto count = static_cast<std::int64_t>(matrices.size());
  std::vector<Tensor> bases;
  bases.reserve(matrices.size());
  for (const Tensor& matrix : matrices) bases.push_back(row_basis(matrix));
  Tensor smallest = torch::zeros({count, count}, torch::kFloat64);
  Tensor mean = torch::zeros({count, count}, torch::kFloat64);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      Tensor angles = principal_angles(bases[i], bases[j]);
      if (angles.size(0) == matrices[i].size(1)) angles.fill_(kNan);
      smallest[i][j] = smallest[j][i] = angles[0];
      mean[i][j] = mean[j][i] = angles.mean();
    }
  }
  return {smallest, mean};
}

}  // namespace

std::vector<Outcome> outcomes_of(MergeSource& source) {
  const torch::NoGradGuard no_grad;
  const Dataset& dataset = source.dataset();
  const Evaluation evaluation =
      evaluator_of(source.setup, source.config.train)
          .evaluate(source.model(), SplitName::kTest, /*count_usage=*/false);
  std::vector<Outcome> outcomes;
  for (std::int32_t t = 0; t < dataset.task_count(); ++t) {
    const PredictionRecord& found = evaluation.tasks[t];
    outcomes.push_back(
        {found, found.scores.at(dataset.tasks[t].task.metrics.front()), pooled_of(source, t)});
  }
  return outcomes;
}

void check_recorded(const MergeSource& source, const std::vector<Outcome>& outcomes) {
  const RunFile file(source.file);
  for (std::size_t t = 0; t < outcomes.size(); ++t) {
    const Task& task = source.dataset().tasks[t].task;
    const auto scores = file.final_scores({task.name, "test", "last"});
    const double recorded = scores.at(task.metrics.front()), score = outcomes[t].score;
    check(std::abs(score - recorded) <= 1e-3 * std::max(1.0, std::abs(recorded)),
          "{}: its parameters score {} on test of {}, and the run recorded {}; run it again",
          source.file.string(), score, task.name, recorded);
  }
}

void compare_updates(const std::vector<MergeSource>& sources, MergeRecord& record) {
  std::vector<Matrices> models;
  try {
    for (const MergeSource& source : sources) models.push_back(update_matrices(source));
  } catch (const Error&) {
    return;
  }
  for (std::size_t site = 0; site < models.front().size(); ++site) {
    std::vector<Tensor> matrices, rows;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      matrices.push_back(models[i][site]);
      rows.push_back(sources[i].sites()[site].update->factors()->a.detach());
    }
    append(record.cosine, cosines(matrices));
    append(record.overlap, row_overlaps(rows));
    const auto [smallest, mean] = angles_between(rows);
    append(record.smallest_angle, smallest);
    append(record.mean_angle, mean);
    record.interference.push_back(interference(matrices));
  }
}

}  // namespace rankwise

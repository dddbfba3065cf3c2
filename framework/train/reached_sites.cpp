#include "framework/train/reached_sites.h"

#include <torch/types.h>

namespace rankwise {

void check_tasks_reach_sites(Model& model, const Dataset& dataset,
                             const torch::TensorOptions& tensors) {
  const torch::NoGradGuard no_grad;
  model.forget_forwards();
  for (std::int32_t task = 0; task < dataset.task_count(); ++task) {
    if (model.unreached_sites().empty()) return;
    if (dataset.tasks[task].train.examples() == 0) continue;
    const Batch batch =
        pack(dataset, SplitName::kTrain, {{task, 0}}, tensors, model.pack_form(Purpose::kTraining));
    model.forward({.batch = batch, .count_usage = false});
  }
  model.check_sites_reached();
}

}  // namespace rankwise

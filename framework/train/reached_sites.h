/// Before a run is trained: whether its tasks use all that it adapts.
#pragma once

#include "framework/model/model.h"

namespace rankwise {

/// Sends one training example of each task through the model, until every site is reached. Throws
/// Error where one is not. Nothing of the model moves.
void check_tasks_reach_sites(Model& model, const Dataset& dataset,
                             const torch::TensorOptions& tensors);

}  // namespace rankwise

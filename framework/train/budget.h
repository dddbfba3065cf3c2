/// How long a run trains: in optimizer steps, or in passes over its data.
#pragma once

#include "framework/core/json.h"
#include "framework/data/dataset.h"
#include "framework/train/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// Of what can be said in two ways (steps or epochs, warmup or warmup_steps), keeps the one that
/// `given` says, which the options were parsed from, and makes the other null. Under epochs the
/// sampler is `passes`. Throws Error at `path` where both or none are given, or where the sampler
/// or early stopping contradict themselves.
void settle(TrainOptions& options, const nlohmann::json& given, const std::string& path);

std::vector<std::int64_t> training_sizes(const Dataset& dataset);

/// Optimizer steps of a run. Throws Error for a task of whose examples an exact pass keeps no
/// batch, and for epochs of more steps than any run may have.
std::int64_t steps_of(const TrainOptions& options, const Dataset& dataset);

}  // namespace rankwise

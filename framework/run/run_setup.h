/// Data and model of a run as they stand before its first step.
#pragma once

#include "framework/model/model.h"
#include "framework/run/run_config.h"
#include "framework/suites/suite.h"
#include "framework/train/evaluator.h"

#include <functional>
#include <memory>
#include <string>

namespace rankwise {

struct RunSetup {
  torch::TensorOptions tensors;  // device, and floating type of what is trained
  Seed seed{0};
  SuiteData suite;
  std::unique_ptr<Model> model;
};

/// All but the model. Throws Error where data or device are missing.
RunSetup load_data(const RunConfig& config, const Paths& paths, const std::string& device);

/// Throws Error where the run's parts do not fit each other, or where it needs more memory than the
/// machine has; `setup` needs no model, and none is made.
void check_model(const RunConfig& config, const Paths& paths, const RunSetup& setup);

/// Throws Error where data, weights, device or memory are missing, or parts do not fit each other.
RunSetup set_up(const RunConfig& config, const Paths& paths, const std::string& device);

/// The run's model with tensors of this kind: on the meta device it has shapes and no memory.
std::unique_ptr<Model> make_model(const RunConfig& config, const Paths& paths,
                                  const RunSetup& setup, const torch::TensorOptions& tensors);

/// Scores this run's suite as the run does: with its rows a batch, and texts written as it writes
/// them. `setup` must outlive it. `before_batch` may throw to end an evaluation.
Evaluator evaluator_of(
    const RunSetup& setup, const TrainOptions& train, std::function<void()> before_batch = [] {});

/// "cpu" or "cuda" as a device; throws Error for another word, or where there is no CUDA device.
torch::Device parse_device(const std::string& name);

}  // namespace rankwise

/// Scores parameters that were trained before, without training.
#pragma once

#include "framework/data/dataset.h"
#include "framework/run/trained_parameters.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

struct EvaluateRequest {
  std::filesystem::path parameters;  // a file of them (trained_parameters.h)
  std::string name;                  // what the user calls it; empty: the file
  std::string suite;                 // empty: the one it was trained on
  std::vector<std::string> tasks;    // empty: those it was trained on, or all of another suite
  std::string backbone;              // weights in the place of the run's; empty: the run's
  SplitName split = SplitName::kTest;
  std::filesystem::path out;  // the run file to write; empty: evaluated/ beside the parameters
  Paths paths;
  std::string device = "cpu";
  std::int64_t threads = 1;
};

/// The config that scores them: the run's, with the request's data and backbone.
RunConfig evaluated_config(const TrainedParameters& trained, const EvaluateRequest& request);

/// Leaves a finished run file of no steps, with one evaluation, its usage and the predictions all
/// of the split; returns its path. An earlier one in its place is replaced. Throws Error for a task
/// that the parameters have no head for, and for a file in its place that is of another kind.
std::filesystem::path evaluate_parameters(const EvaluateRequest& request);

}  // namespace rankwise

/// Task metrics, looked up by name; each is checked against scikit-learn and SciPy.
#pragma once

#include "framework/core/registry.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise {

/// What a metric is computed from. Classes are stored as whole numbers.
struct Scored {
  std::int64_t width = 1;          // values an example
  std::vector<double> prediction;  // [G * width]
  std::vector<double> label;       // [G * width]
  std::vector<double> reference;   // [G * width] of the unadapted model; empty where there is none
};

/// A registered metric. A constant input, for which a correlation is not defined, scores 0.
struct Metric {
  std::string summary;
  bool higher_is_better = true;
  std::function<double(const Scored&)> score;
  bool of_classes = false;       // compares classes: of real values it would say nothing
  bool needs_reference = false;  // the unadapted model's outputs
};

/// accuracy, f1, macro_f1, matthews, pearson, spearman, relative_error.
Registry<Metric>& metrics();

/// What a task has to be scored by.
struct Targets {
  bool real = false;       // values, not classes
  bool reference = false;  // the unadapted model's outputs are known
};

/// Throws Error where a metric is unknown or does not fit; its message lists those that do.
void check_metric(const std::string& name, const Targets& targets);

/// Ranks from 1, ties share their mean.
std::vector<double> tied_ranks(const std::vector<double>& values);

}  // namespace rankwise

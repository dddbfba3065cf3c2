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

/// What a metric compares.
enum class Targets { kClasses, kValues };

/// A registered metric; `score` throws Error where a number is not finite. A constant input, for
/// which a correlation is not defined, scores 0.
struct Metric {
  std::string summary;
  bool higher_is_better = true;
  Targets targets = Targets::kClasses;
  std::function<double(const Scored&)> score;
  bool needs_reference = false;  // the unadapted model's outputs
};

/// accuracy, f1, macro_f1, matthews, pearson, spearman, relative_error.
Registry<Metric>& metrics();

/// Ranks from 1, ties share their mean.
std::vector<double> tied_ranks(const std::vector<double>& values);

}  // namespace rankwise

/// Which examples a training batch holds: the task by a named rule, the example by a shuffled pass.
#pragma once

#include "framework/core/options.h"
#include "framework/core/registry.h"
#include "framework/core/seed.h"
#include "framework/data/batch.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise {

struct SamplerOptions {
  std::string tasks = "proportional";
  double temperature = 2;
  bool mixed = false;
  bool replacement = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("tasks", self.tasks,
          "how a task is drawn: proportional, equal, temperature, size_softmax, inverse or "
          "round_robin");
    field("temperature", self.temperature, "temperature: weight is size^(1/temperature)",
          positive());
    field("mixed", self.mixed, "draw the task for each example instead of once per batch");
    field("replacement", self.replacement, "draw examples independently instead of by passes");
  }
};

/// A rule that draws tasks. `weights` maps training sizes to weights; empty: round robin.
struct TaskWeighting {
  std::string summary;
  std::function<std::vector<double>(const std::vector<double>& sizes, const SamplerOptions&)>
      weights;
};

/// proportional, equal, temperature, size_softmax (MoRE,
/// arXiv:2505.22694: phi_t = softmax(|D_t| / sum |D|)), inverse, round_robin.
Registry<TaskWeighting>& task_weightings();

/// Gives batches of training examples for ever; the same seed gives the same sequence.
class Sampler {
 public:
  /// `sizes` [T]: training examples of each task; each must be positive.
  Sampler(const SamplerOptions& options, std::vector<std::int64_t> sizes, const Seed& seed);

  std::vector<Example> next(std::int64_t batch);

 private:
  std::int32_t draw_task();
  std::int64_t draw_example(std::int32_t task);

  SamplerOptions options_;
  std::vector<std::int64_t> sizes_;
  std::vector<double> weights_;  // empty: round robin
  std::int32_t turn_ = 0;
  Random task_random_;
  std::vector<Random> example_random_;  // one per task
  // The rest of each task's pass, taken from the back.
  std::vector<std::vector<std::int64_t>> order_;
};

}  // namespace rankwise

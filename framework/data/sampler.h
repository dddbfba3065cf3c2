/// Which examples a training batch holds: the task by a named rule, the example by a pass over the
/// task; or exact passes over all tasks.
#pragma once

#include "framework/core/options.h"
#include "framework/core/registry.h"
#include "framework/core/seed.h"
#include "framework/data/passes.h"

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
  bool shuffle = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(
        "tasks", self.tasks,
        "how a task is drawn: proportional, equal, temperature, size_softmax, inverse or "
        "round_robin; passes: none is drawn, every example of every task comes once a pass (under "
        "train.epochs the default)");
    field("temperature", self.temperature, "temperature: weight is size^(1/temperature)",
          positive());
    field("mixed", self.mixed, "draw the task for each example instead of once per batch");
    field("replacement", self.replacement, "draw examples independently instead of by passes");
    field(
        "shuffle", self.shuffle,
        "each pass in a new order; false: as the data lie, under passes one task after the other");
  }
};

/// The sampler that draws nothing: exact passes over all tasks.
inline constexpr const char* kPasses = "passes";

/// A rule that draws tasks. `weights` maps training sizes to weights; empty: round robin.
struct TaskWeighting {
  std::string summary;
  std::function<std::vector<double>(const std::vector<double>& sizes, const SamplerOptions&)>
      weights;
};

/// proportional, equal, temperature, size_softmax (MoRE,
/// arXiv:2505.22694: phi_t = softmax(|D_t| / sum |D|)), inverse, round_robin;
/// passes, whose weights are each task's share.
Registry<TaskWeighting>& task_weightings();

/// Gives batches of training examples for ever; the same seed gives the same sequence.
class Sampler {
 public:
  /// `sizes` [T]: training examples of each task; each must be positive. `last`: of exact passes.
  Sampler(const SamplerOptions& options, std::vector<std::int64_t> sizes, const Seed& seed,
          LastBatch last = LastBatch::kKeep);

  /// So many examples; fewer where a pass ends. Under `passes` the first call of a pass settles the
  /// size of all its batches.
  std::vector<Example> next(std::int64_t batch);

 private:
  std::int32_t draw_task();
  std::int64_t draw_example(std::int32_t task);
  std::vector<Example> next_of_pass(std::int64_t batch);

  SamplerOptions options_;
  LastBatch last_;
  std::vector<std::int64_t> sizes_;
  std::vector<double> weights_;  // empty: round robin
  std::int32_t turn_ = 0;
  Random task_random_;
  std::vector<Random> example_random_;  // one per task
  // The rest of each task's pass, taken from the back.
  std::vector<std::vector<std::int64_t>> order_;
  // Of exact passes: the rest of this one, taken from the back, and how many there were.
  Seed pass_seed_;
  std::vector<std::vector<Example>> pass_;
  std::uint64_t passes_ = 0;
};

}  // namespace rankwise

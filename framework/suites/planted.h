/// Tasks with known truth: a teacher whose update has a planted rank at every site and task.
///
/// The teacher is the `tiny` backbone with nested low-rank updates. For layer l and task t,
/// dW*_{l,t} = delta * sum_{i <= r*} u_{l,i} v_{l,i}^T with Haar bases U_l, V_l, and
/// y = H h_L + noise. The ranks r*_{l,t} are, per layer, a random permutation of
/// {1, 2, 4, 8} repeated. Inputs are x = kappa sqrt(d) q_t + Gaussian, q_t orthonormal.
#pragma once

#include "framework/suites/suite.h"

#include <cstdint>
#include <vector>

namespace rankwise {

struct PlantedOptions {
  std::int64_t width = 32, layers = 3, tasks = 8, outputs = 16;
  double delta = 1, kappa = 0.5, noise = 0.3;
  std::int64_t train = 256, dev = 128, test = 512;
  std::optional<std::int64_t> seed;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("width", self.width, "width d of inputs and layers", at_least(8));
    field("layers", self.layers, "adapted layers", positive());
    field("tasks", self.tasks, "tasks, at most the width", positive());
    field("outputs", self.outputs, "values a target, at most the width", positive());
    field("delta", self.delta, "size of the planted updates", not_negative());
    field("kappa", self.kappa, "how far apart the tasks' inputs lie", not_negative());
    field("noise", self.noise, "label noise over the update's effect, train and dev",
          not_negative());
    field("train", self.train, "training examples a task", positive());
    field("dev", self.dev, "dev examples a task", positive());
    field("test", self.test, "noise-free test examples a task", positive());
    field("seed", self.seed, "seed of teacher and data; null: the run's seed");
  }
};

/// Planted ranks [layers][tasks] for a seed.
std::vector<std::vector<std::int64_t>> planted_ranks(const PlantedOptions& options,
                                                     std::uint64_t seed);

SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed);

SuiteKind planted_kind();

}  // namespace rankwise

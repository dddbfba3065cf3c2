/// Tasks with known truth: a teacher whose update has a planted rank at every site and task.
///
/// The teacher is the `tiny` backbone with low-rank updates. For layer l and task t,
/// dW*_{l,t} = delta * sum over the task's directions i of u_{l,i} v_{l,i}^T with Haar bases U_l,
/// V_l, and y = H h_L + noise. Directions by `plant`:
///   nested    the first r*_{l,t}: tasks share what they can. r* is a permutation of {1, 2, 4, 8}
///             repeated, drawn for each layer or once for all
///   disjoint  as many, and no two tasks share one: no nested pair can fit them all
///   groups    group_shared directions of the task's group and one of its own
/// Inputs are x = kappa sqrt(d) q + Gaussian; the q of tasks (or of groups) are orthonormal.
#pragma once

#include "framework/suites/suite.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

struct PlantedOptions {
  std::int64_t width = 32, layers = 3, tasks = 8, outputs = 16;
  std::string plant = "nested";
  bool same_ranks = false;
  std::vector<std::int64_t> groups{3, 3, 2};
  std::int64_t group_shared = 6;
  std::string inputs = "tasks";
  std::string head = "frozen";
  std::string target = "values";
  double delta = 1, kappa = 0.5, noise = 0.3;
  std::int64_t train = 256, dev = 128, test = 512;
  std::optional<std::int64_t> seed;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("width", self.width, "width d of inputs and layers", at_least(8));
    field("layers", self.layers, "adapted layers", positive());
    field("tasks", self.tasks, "tasks, at most the width", positive());
    field("outputs", self.outputs, "values a target, at most the width", positive());
    field("plant", self.plant,
          "directions of the tasks' updates: nested prefixes, disjoint, or shared in groups",
          one_of({"nested", "disjoint", "groups"}));
    field("same_ranks", self.same_ranks, "every layer has the same planted ranks");
    field("groups", self.groups, "for groups: tasks of each group, in order", each(positive()));
    field("group_shared", self.group_shared, "for groups: directions a group shares", positive());
    field("inputs", self.inputs, "inputs lie apart by task or by group, or all together (none)",
          one_of({"tasks", "groups", "none"}));
    field("head", self.head,
          "H is frozen, or the model trains a copy: one shared by all tasks, or one a task",
          one_of({"frozen", "shared", "tasks"}));
    field("target", self.target,
          "values with noise, or classes: the largest of standardised outputs * 1.5 + a Gaussian",
          one_of({"values", "classes"}));
    field("delta", self.delta, "size of the planted updates", not_negative());
    field("kappa", self.kappa, "how far apart the inputs lie", not_negative());
    field("noise", self.noise, "label noise over the update's effect, train and dev",
          not_negative());
    field("train", self.train, "training examples a task", positive());
    field("dev", self.dev, "dev examples a task", positive());
    field("test", self.test, "noise-free test examples a task", positive());
    field("seed", self.seed, "seed of teacher and data; null: the run's seed");
  }
};

/// Directions (columns of U_l, V_l) of each task's update: [layers][tasks][r*].
std::vector<std::vector<std::vector<std::int64_t>>> planted_directions(
    const PlantedOptions& options, std::uint64_t seed);

/// Group of each task: its index in `groups`, whatever the plant is.
std::vector<std::int64_t> planted_groups(const PlantedOptions& options);

/// Throws Error for options that do not fit each other.
SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed);

SuiteKind planted_kind();

}  // namespace rankwise

/// What the planted suites share: a teacher with true low-rank updates, and tasks made with it.
///
/// At site l and for task t, dW*_{l,t} = delta * sum over the task's directions i of
/// u_{l,i} v_{l,i}^T, with Haar bases U_l of the site's outputs and V_l of its inputs.
/// Directions by `structure`:
///   nested    the first r*_{l,t}: tasks share what they can. r* is a permutation of {1, 2, 4, 8}
///             repeated, drawn for each site or once for all
///   disjoint  as many, and no two tasks share one: no nested pair can fit them all
///   groups    group_shared directions of the task's group and one of its own
/// Targets are y = H pooled + noise, with orthonormal rows in H.
#pragma once

#include "framework/model/backbone.h"
#include "framework/suites/suite.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

struct PlantOptions {
  enum class Structure { kNested, kDisjoint, kGroups };
  enum class Inputs { kTasks, kGroups, kNone };
  enum class Head { kFrozen, kShared, kTasks };
  enum class Target { kValues, kClasses };

  std::int64_t tasks = 8, outputs = 16;
  Structure structure = Structure::kNested;
  bool same_ranks = false;
  std::vector<std::int64_t> groups{3, 3, 2};
  std::int64_t group_shared = 6;
  Inputs inputs = Inputs::kTasks;
  Head head = Head::kFrozen;
  Target target = Target::kValues;
  double delta = 1, input_separation = 0.5, noise = 0.3;
  std::int64_t train = 256, dev = 128, test = 512;
  std::optional<std::int64_t> seed;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("tasks", self.tasks, "tasks, at most the width", positive());
    field("outputs", self.outputs, "values per target, at most the width", positive());
    field(renamed("structure", "plant"), self.structure,
          "directions of the tasks' updates: nested prefixes, disjoint, or shared in groups",
          {{Structure::kNested, "nested"},
           {Structure::kDisjoint, "disjoint"},
           {Structure::kGroups, "groups"}});
    field("same_ranks", self.same_ranks, "every site has the same planted ranks");
    field("groups", self.groups, "for groups: tasks of each group, in order", each(positive()));
    field("group_shared", self.group_shared, "for groups: directions a group shares", positive());
    field("inputs", self.inputs, "inputs lie apart by task or by group, or all together (none)",
          {{Inputs::kTasks, "tasks"}, {Inputs::kGroups, "groups"}, {Inputs::kNone, "none"}});
    field("head", self.head,
          "H is frozen, or the model trains a copy: one shared by all tasks, or one per task",
          {{Head::kFrozen, "frozen"}, {Head::kShared, "shared"}, {Head::kTasks, "tasks"}});
    field("target", self.target,
          "values with noise, or classes: the largest of standardised outputs * 1.5 + a Gaussian",
          {{Target::kValues, "values"}, {Target::kClasses, "classes"}});
    field("delta", self.delta, "size of the planted updates", positive());
    field(renamed("input_separation", "kappa"), self.input_separation,
          "how far apart the inputs lie", not_negative());
    field("noise", self.noise, "label noise over the update's effect, train and dev",
          not_negative());
    field("train", self.train, "training examples per task", positive());
    field("dev", self.dev, "dev examples per task", positive());
    field("test", self.test, "noise-free test examples per task", positive());
    field("seed", self.seed, "seed of teacher and data; null: the run's seed");
  }
};

/// Directions (columns of U_l, V_l) of each task's update: [sites][tasks][r*].
std::vector<std::vector<std::vector<std::int64_t>>> planted_directions(const PlantOptions& options,
                                                                       std::int64_t sites,
                                                                       std::uint64_t seed);

/// Group of each task: its index in `groups`, whatever the structure is.
std::vector<std::int64_t> planted_groups(const PlantOptions& options);

/// Throws Error for options that do not fit each other.
void check_plant(const PlantOptions& options);

/// Streams of a planted suite with this seed.
Seed planted_stream(std::uint64_t seed);
/// What the run's backbone must be made with to be the teacher's.
Seed planted_backbone_seed(std::uint64_t seed);

/// The suite's own seed, or else the run's.
std::uint64_t planted_seed(const PlantOptions& options, const SuiteInputs& suite);

/// How one suite draws its inputs.
struct PlantedInputs {
  std::int64_t vocabulary = 0;     // 0: features
  std::int64_t feature_width = 0;  // 0: tokens
  /// A split with inputs, starts and groups, without targets.
  std::function<Split(std::int64_t task, std::int64_t rows, const Seed& seed)> draw;
};

/// Plants the updates at every linear of `backbone` (fp64, made with planted_backbone_seed) and
/// makes the tasks. Throws Error where a site is too narrow for its directions. The name and
/// digest of the dataset are the caller's.
SuiteData plant_tasks(const PlantOptions& options, std::shared_ptr<Backbone> backbone,
                      const PlantedInputs& inputs, std::uint64_t seed);

}  // namespace rankwise

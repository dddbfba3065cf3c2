#include "framework/suites/planted.h"

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/model/tiny.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace rankwise {

namespace {

using torch::Tensor;

// One linear's true updates.
struct PlantedSite {
  std::string name;
  Tensor left, right;                                 // Haar bases U [out, out] and V [in, in]
  std::vector<std::vector<std::int64_t>> directions;  // [T][r*]
  double delta = 1;

  Tensor update(std::int64_t task) const {
    const Tensor chosen = torch::tensor(directions[task], torch::kInt64);
    return delta * left.index_select(1, chosen).mm(right.index_select(1, chosen).t());
  }
};

// The linear as the teacher's; task -1: without an update.
class TrueUpdate : public Update {
 public:
  TrueUpdate(const PlantedSite& site, const std::int64_t& task) : site_(site), task_(task) {}

  Tensor forward(const Tensor& x, const FrozenLinear& frozen, const Pass& /*pass*/) override {
    const Tensor weight = task_ < 0 ? frozen.weight : frozen.weight + site_.update(task_);
    return at::linear(x, weight, frozen.bias);
  }

 private:
  const PlantedSite& site_;
  const std::int64_t& task_;
};

void check_fits(const PlantOptions& options, const PlantedSite& site) {
  const std::int64_t width = std::min(site.left.size(0), site.right.size(0));
  std::int64_t needed = 0;
  for (const auto& task : site.directions) {
    for (const std::int64_t direction : task) needed = std::max(needed, direction + 1);
  }
  check(needed <= width, "planted: structure '{}' needs {} directions, and {} has {}",
        options_to_json(options)["structure"].get<std::string>(), needed, site.name, width);
}

class Teacher {
 public:
  Teacher(const PlantOptions& options, std::shared_ptr<Backbone> backbone, std::uint64_t seed)
      : backbone_(std::move(backbone)) {
    const auto linears = backbone_->linears();
    const auto directions =
        planted_directions(options, static_cast<std::int64_t>(linears.size()), seed);
    const Seed stream = planted_stream(seed);
    sites_.reserve(linears.size());
    for (std::size_t l = 0; l < linears.size(); ++l) {
      auto [name, linear] = linears[l];
      sites_.push_back({name, orthogonal_matrix(linear->out(), stream.stream("U").stream(name)),
                        orthogonal_matrix(linear->in(), stream.stream("V").stream(name)),
                        directions[l], options.delta});
      check_fits(options, sites_.back());
      linear->attach(std::make_shared<TrueUpdate>(sites_.back(), task_));
    }
    check(options.outputs <= backbone_->width(), "planted: {} outputs exceed the width {}",
          options.outputs, backbone_->width());
    head_ = orthogonal_matrix(backbone_->width(), stream.stream("H")).narrow(0, 0, options.outputs);
  }

  Teacher(const Teacher&) = delete;  // updates keep references
  Teacher& operator=(const Teacher&) = delete;

  const std::vector<PlantedSite>& sites() const { return sites_; }
  const Tensor& head() const { return head_; }

  // [examples, outputs]; task -1: the backbone without updates.
  Tensor outputs(const Batch& batch, std::int64_t task) {
    const torch::NoGradGuard no_grad;
    task_ = task;
    return Heads::pool(backbone_->forward({.batch = batch}).rows, batch).mm(head_.t());
  }

 private:
  std::shared_ptr<Backbone> backbone_;
  std::vector<PlantedSite> sites_;
  std::int64_t task_ = -1;
  Tensor head_;  // [outputs, width]
};

// How a split is drawn.
struct Sampling {
  std::int64_t rows = 0;
  double noise = 0;  // of values, over the update's effect
  Seed seed{0};
};

void set_values(const Tensor& clean, const Tensor& plain, const Sampling& sampling, Split& split) {
  const double gap = (clean - plain).square().mean().sqrt().item<double>();
  const Tensor error = normal_tensor(clean.sizes(), 1, sampling.seed.stream("noise"), kDouble);
  split.target = doubles(clean + error * (sampling.noise * gap));
  split.reference = doubles(plain);
}

// The largest of 1.5 standardised outputs and, where there is noise, a Gaussian.
void set_classes(const Tensor& clean, const Sampling& sampling, Split& split) {
  Tensor scores = clean / clean.std() * 1.5;
  if (sampling.noise > 0) {
    scores = scores + normal_tensor(clean.sizes(), 1, sampling.seed.stream("noise"), kDouble);
  }
  split.target = doubles(scores.argmax(1));
}

// The whole split as one batch.
Batch batch_of(const Split& split, const PlantedInputs& inputs) {
  Dataset dataset;
  dataset.vocabulary = inputs.vocabulary;
  dataset.feature_width = inputs.feature_width;
  dataset.tasks.resize(1);
  dataset.tasks[0].train = split;
  dataset.tasks[0].train.target.resize(static_cast<std::size_t>(split.examples()));
  std::vector<Example> examples;
  for (std::int64_t i = 0; i < split.examples(); ++i) examples.push_back({0, i});
  return pack(dataset, SplitName::kTrain, examples, kDouble);
}

Split make_split(const PlantOptions& options, Teacher& teacher, const PlantedInputs& inputs,
                 std::int64_t task, const Sampling& sampling) {
  Split split = inputs.draw(task, sampling.rows, sampling.seed);
  const Batch batch = batch_of(split, inputs);
  const Tensor clean = teacher.outputs(batch, task);
  if (options.target == PlantOptions::Target::kClasses) {
    set_classes(clean, sampling, split);
  } else {
    set_values(clean, teacher.outputs(batch, -1), sampling, split);
  }
  return split;
}

Task make_task(const PlantOptions& options, std::int64_t index) {
  const bool classes = options.target == PlantOptions::Target::kClasses;
  Task task;
  task.name = fmt::format("planted{}", index);
  task.family = options.structure == PlantOptions::Structure::kGroups
                    ? fmt::format("group {}", planted_groups(options)[index])
                    : "planted";
  task.kind = classes ? TaskKind::kClassify : TaskKind::kRegress;
  task.classes = classes ? options.outputs : 1;
  task.outputs = options.outputs;
  task.metrics = {classes ? "accuracy" : "relative_error"};
  return task;
}

std::vector<TaskData> make_tasks(const PlantOptions& options, Teacher& teacher,
                                 const PlantedInputs& inputs, std::uint64_t seed) {
  std::vector<TaskData> tasks;
  for (std::int64_t t = 0; t < options.tasks; ++t) {
    const Seed examples = planted_stream(seed).stream("examples").stream(t);
    const auto split = [&](const char* name, std::int64_t rows, double noise) {
      return make_split(options, teacher, inputs, t, {rows, noise, examples.stream(name)});
    };
    TaskData data;
    data.task = make_task(options, t);
    data.train = split("train", options.train, options.noise);
    data.dev = split("dev", options.dev, options.noise);
    data.test = split("test", options.test, 0);
    tasks.push_back(std::move(data));
  }
  return tasks;
}

// The loss in units of what adaptation can gain: 1 for the unadapted backbone in training.
void scale_losses(std::vector<TaskData>& tasks) {
  double sum = 0;
  double count = 0;
  for (const TaskData& data : tasks) {
    for (std::size_t i = 0; i < data.train.reference.size(); ++i) {
      const double gap = data.train.target[i] - data.train.reference[i];
      sum += gap * gap;
      count += 1;
    }
  }
  for (TaskData& data : tasks) data.task.loss_scale = sum > 0 ? count / sum : 1;
}

GivenHead given_head(const PlantOptions& options, const Teacher& teacher) {
  const auto training = options.head == PlantOptions::Head::kFrozen ? GivenHead::Training::kNone
                        : options.head == PlantOptions::Head::kShared
                            ? GivenHead::Training::kShared
                            : GivenHead::Training::kPerTask;
  return {teacher.head(), training};
}

// The directions are told where one prefix holds them all.
SiteTruth site_truth(const PlantOptions& options, const PlantedSite& site) {
  SiteTruth truth;
  for (const auto& task : site.directions) {
    truth.rank.push_back(static_cast<std::int64_t>(task.size()));
  }
  if (options.structure != PlantOptions::Structure::kNested) return truth;
  truth.directions = *std::max_element(truth.rank.begin(), truth.rank.end());
  truth.left = doubles(site.left.narrow(1, 0, truth.directions));
  truth.right = doubles(site.right.narrow(1, 0, truth.directions));
  return truth;
}

SuiteTruth truth_of(const PlantOptions& options, const Teacher& teacher) {
  SuiteTruth truth;
  for (const PlantedSite& site : teacher.sites()) {
    truth.sites[site.name] = site_truth(options, site);
  }
  if (options.structure == PlantOptions::Structure::kGroups) truth.group = planted_groups(options);
  if (options.inputs == PlantOptions::Inputs::kGroups) truth.input_group = planted_groups(options);
  return truth;
}

}  // namespace

Seed planted_stream(std::uint64_t seed) { return Seed(seed).stream("planted"); }

Seed planted_backbone_seed(std::uint64_t seed) { return planted_stream(seed).stream("backbone"); }

std::uint64_t planted_seed(const PlantOptions& options, const SuiteInputs& suite) {
  return options.seed ? static_cast<std::uint64_t>(*options.seed) : suite.seed;
}

std::vector<std::int64_t> planted_groups(const PlantOptions& options) {
  std::vector<std::int64_t> groups;
  for (std::size_t g = 0; g < options.groups.size(); ++g) {
    groups.insert(groups.end(), static_cast<std::size_t>(options.groups[g]),
                  static_cast<std::int64_t>(g));
  }
  return groups;
}

std::vector<std::vector<std::vector<std::int64_t>>> planted_directions(const PlantOptions& options,
                                                                       std::int64_t sites,
                                                                       std::uint64_t seed) {
  constexpr std::array<std::int64_t, 4> kSpectrum{1, 2, 4, 8};
  const std::vector<std::int64_t> groups = planted_groups(options);
  const auto own = static_cast<std::int64_t>(options.groups.size()) * options.group_shared;
  const auto range = [](std::int64_t first, std::int64_t count) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), first);
    return indices;
  };
  std::vector<std::vector<std::vector<std::int64_t>>> directions;
  for (std::int64_t site = 0; site < sites; ++site) {
    std::vector<std::int64_t> ranks;
    for (std::int64_t t = 0; t < options.tasks; ++t) ranks.push_back(kSpectrum[t % 4]);
    const auto drawn = static_cast<std::uint64_t>(options.same_ranks ? 0 : site);
    Random random = planted_stream(seed).stream("ranks").stream(drawn).random();
    random.shuffle(ranks);
    std::vector<std::vector<std::int64_t>> tasks;
    std::int64_t next = 0;
    for (std::int64_t t = 0; t < options.tasks; ++t) {
      if (options.structure == PlantOptions::Structure::kGroups) {
        tasks.push_back(range(groups[t] * options.group_shared, options.group_shared));
        tasks.back().push_back(own + t);
      } else {
        tasks.push_back(
            range(options.structure == PlantOptions::Structure::kDisjoint ? next : 0, ranks[t]));
        next += ranks[t];
      }
    }
    directions.push_back(std::move(tasks));
  }
  return directions;
}

void check_plant(const PlantOptions& options) {
  const bool grouped = options.structure == PlantOptions::Structure::kGroups ||
                       options.inputs == PlantOptions::Inputs::kGroups;
  const std::int64_t members =
      std::accumulate(options.groups.begin(), options.groups.end(), std::int64_t{0});
  check(!grouped || members == options.tasks, "planted: groups of {} tasks in all, of {} tasks",
        members, options.tasks);
}

SuiteData plant_tasks(const PlantOptions& options, std::shared_ptr<Backbone> backbone,
                      const PlantedInputs& inputs, std::uint64_t seed) {
  Teacher teacher(options, std::move(backbone), seed);
  SuiteData made;
  made.dataset.vocabulary = inputs.vocabulary;
  made.dataset.feature_width = inputs.feature_width;
  made.dataset.target_width =
      options.target == PlantOptions::Target::kClasses ? 1 : options.outputs;
  made.dataset.tasks = make_tasks(options, teacher, inputs, seed);
  scale_losses(made.dataset.tasks);
  made.truth = truth_of(options, teacher);
  made.head = given_head(options, teacher);
  made.backbone_seed = planted_backbone_seed(seed).value();
  return made;
}

}  // namespace rankwise

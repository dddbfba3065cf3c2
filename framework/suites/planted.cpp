#include "framework/suites/planted.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/model/tiny.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace rankwise {

namespace {

using torch::Tensor;

const torch::TensorOptions kDouble = torch::TensorOptions().dtype(torch::kFloat64);

// Everything about the teacher that does not depend on examples; all in double precision.
struct Teacher {
  std::vector<std::string> sites;   // [L] names of the backbone's linears
  std::vector<Tensor> weights;      // [L] of [d, d]
  std::vector<Tensor> left, right;  // [L] of [d, d]: Haar bases U_l, V_l
  std::vector<std::vector<std::vector<std::int64_t>>> directions;  // [L][T][r*]
  Tensor head;                                                     // [outputs, d]
  double delta = 1;

  Tensor update(std::size_t layer, std::int64_t task) const {
    const Tensor chosen = torch::tensor(directions[layer][task], torch::kInt64);
    return delta * left[layer].index_select(1, chosen).mm(right[layer].index_select(1, chosen).t());
  }

  // [n, d] -> [n, outputs]; task -1: the backbone without updates.
  Tensor outputs(Tensor h, std::int64_t task) const {
    for (std::size_t layer = 0; layer < weights.size(); ++layer) {
      const Tensor w = task < 0 ? weights[layer] : weights[layer] + update(layer, task);
      h = torch::tanh(h.mm(w.t()));
    }
    return h.mm(head.t());
  }
};

Seed planted_stream(std::uint64_t seed) { return Seed(seed).stream("planted"); }
Seed backbone_seed(std::uint64_t seed) { return planted_stream(seed).stream("backbone"); }

Teacher make_teacher(const PlantedOptions& options, std::uint64_t seed) {
  const Seed stream = planted_stream(seed);
  Teacher teacher;
  const Tiny backbone(options.width, options.layers, 0, backbone_seed(seed), kDouble);
  for (const auto& [name, linear] : backbone.linears()) {
    teacher.sites.push_back(name);
    teacher.weights.push_back(linear->weight.detach());
    teacher.left.push_back(orthogonal_matrix(options.width, stream.stream("U").stream(name)));
    teacher.right.push_back(orthogonal_matrix(options.width, stream.stream("V").stream(name)));
  }
  teacher.directions = planted_directions(options, seed);
  teacher.head = orthogonal_matrix(options.width, stream.stream("H")).narrow(0, 0, options.outputs);
  teacher.delta = options.delta;
  return teacher;
}

// [tasks] of [d].
std::vector<Tensor> input_means(const PlantedOptions& options, std::uint64_t seed) {
  const Tensor directions =
      orthogonal_matrix(options.width, planted_stream(seed).stream("inputs")) *
      (options.inputs == "none" ? 0
                                : options.kappa * std::sqrt(static_cast<double>(options.width)));
  const std::vector<std::int64_t> groups = planted_groups(options);
  std::vector<Tensor> means;
  for (std::int64_t t = 0; t < options.tasks; ++t) {
    means.push_back(directions[options.inputs == "groups" ? groups[t] : t]);
  }
  return means;
}

std::vector<double> flat(const Tensor& tensor) {
  const Tensor values = tensor.to(torch::kFloat64).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

// How a split is drawn.
struct Sampling {
  std::int64_t rows = 0;
  double noise = 0;  // of values, over the update's effect
  Seed seed{0};
};

void set_values(const Tensor& clean, const Tensor& plain, const Sampling& sampling, Split& split) {
  const double gap = (clean - plain).square().mean().sqrt().item<double>();
  const Tensor error = normal_tensor(clean.sizes(), 1, sampling.seed.stream("noise"), kDouble);
  split.target = flat(clean + error * (sampling.noise * gap));
  split.reference = flat(plain);
}

// The largest of 1.5 standardised outputs and, where there is noise, a Gaussian.
void set_classes(const Tensor& clean, const Sampling& sampling, Split& split) {
  Tensor scores = clean / clean.std() * 1.5;
  if (sampling.noise > 0) {
    scores = scores + normal_tensor(clean.sizes(), 1, sampling.seed.stream("noise"), kDouble);
  }
  split.target = flat(scores.argmax(1));
}

Split make_split(const PlantedOptions& options, const Teacher& teacher, const Tensor& mean,
                 std::int64_t task, const Sampling& sampling) {
  const Tensor x =
      normal_tensor({sampling.rows, options.width}, 1, sampling.seed.stream("x"), kDouble) + mean;
  Split split;
  split.features = flat(x);
  split.starts.resize(static_cast<std::size_t>(sampling.rows) + 1);
  std::iota(split.starts.begin(), split.starts.end(), std::int64_t{0});
  split.groups = split.starts;
  const Tensor clean = teacher.outputs(x, task);
  if (options.target == "classes") {
    set_classes(clean, sampling, split);
  } else {
    set_values(clean, teacher.outputs(x, -1), sampling, split);
  }
  return split;
}

Task make_task(const PlantedOptions& options, std::int64_t index) {
  const bool classes = options.target == "classes";
  Task task;
  task.name = fmt::format("planted{}", index);
  task.family = options.plant == "groups" ? fmt::format("group {}", planted_groups(options)[index])
                                          : "planted";
  task.kind = classes ? TaskKind::kClassify : TaskKind::kRegress;
  task.classes = classes ? options.outputs : 1;
  task.outputs = options.outputs;
  task.metrics = {classes ? "accuracy" : "relative_error"};
  return task;
}

std::vector<TaskData> make_tasks(const PlantedOptions& options, const Teacher& teacher,
                                 std::uint64_t seed) {
  const std::vector<Tensor> means = input_means(options, seed);
  std::vector<TaskData> tasks;
  for (std::int64_t t = 0; t < options.tasks; ++t) {
    const Seed examples = planted_stream(seed).stream("examples").stream(t);
    const auto split = [&](const char* name, std::int64_t rows, double noise) {
      return make_split(options, teacher, means[t], t, {rows, noise, examples.stream(name)});
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

void check_options(const PlantedOptions& options) {
  check(options.tasks <= options.width && options.outputs <= options.width,
        "planted: {} tasks and {} outputs must not exceed the width {}", options.tasks,
        options.outputs, options.width);
  const bool grouped = options.plant == "groups" || options.inputs == "groups";
  const std::int64_t members =
      std::accumulate(options.groups.begin(), options.groups.end(), std::int64_t{0});
  check(!grouped || members == options.tasks, "planted: groups of {} tasks in all, of {} tasks",
        members, options.tasks);
  std::int64_t needed = 0;
  const auto directions = planted_directions(options, 0);
  for (const auto& task : directions.front()) {
    for (const std::int64_t direction : task) needed = std::max(needed, direction + 1);
  }
  check(needed <= options.width, "planted: plant '{}' needs {} directions, and the width is {}",
        options.plant, needed, options.width);
}

GivenHead given_head(const PlantedOptions& options, const Teacher& teacher) {
  const auto training = options.head == "frozen"   ? GivenHead::Training::kNone
                        : options.head == "shared" ? GivenHead::Training::kShared
                                                   : GivenHead::Training::kPerTask;
  return {teacher.head, training};
}

// The directions are told where one prefix holds them all.
SiteTruth site_truth(const PlantedOptions& options, const Teacher& teacher, std::size_t layer) {
  SiteTruth truth;
  for (const auto& task : teacher.directions[layer]) {
    truth.rank.push_back(static_cast<std::int64_t>(task.size()));
  }
  if (options.plant != "nested") return truth;
  truth.directions = *std::max_element(truth.rank.begin(), truth.rank.end());
  truth.left = flat(teacher.left[layer].narrow(1, 0, truth.directions));
  truth.right = flat(teacher.right[layer].narrow(1, 0, truth.directions));
  return truth;
}

SuiteTruth truth_of(const PlantedOptions& options, const Teacher& teacher) {
  SuiteTruth truth;
  for (std::size_t l = 0; l < teacher.sites.size(); ++l) {
    truth.sites[teacher.sites[l]] = site_truth(options, teacher, l);
  }
  if (options.plant == "groups") truth.group = planted_groups(options);
  if (options.inputs == "groups") truth.input_group = planted_groups(options);
  return truth;
}

}  // namespace

std::vector<std::int64_t> planted_groups(const PlantedOptions& options) {
  std::vector<std::int64_t> groups;
  for (std::size_t g = 0; g < options.groups.size(); ++g) {
    groups.insert(groups.end(), static_cast<std::size_t>(options.groups[g]),
                  static_cast<std::int64_t>(g));
  }
  return groups;
}

std::vector<std::vector<std::vector<std::int64_t>>> planted_directions(
    const PlantedOptions& options, std::uint64_t seed) {
  constexpr std::array<std::int64_t, 4> kSpectrum{1, 2, 4, 8};
  const std::vector<std::int64_t> groups = planted_groups(options);
  const auto own = static_cast<std::int64_t>(options.groups.size()) * options.group_shared;
  const auto range = [](std::int64_t first, std::int64_t count) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), first);
    return indices;
  };
  std::vector<std::vector<std::vector<std::int64_t>>> directions;
  for (std::int64_t layer = 0; layer < options.layers; ++layer) {
    std::vector<std::int64_t> ranks;
    for (std::int64_t t = 0; t < options.tasks; ++t) ranks.push_back(kSpectrum[t % 4]);
    const auto drawn = static_cast<std::uint64_t>(options.same_ranks ? 0 : layer);
    Random random = planted_stream(seed).stream("ranks").stream(drawn).random();
    random.shuffle(ranks);
    std::vector<std::vector<std::int64_t>> tasks;
    std::int64_t next = 0;
    for (std::int64_t t = 0; t < options.tasks; ++t) {
      if (options.plant == "groups") {
        tasks.push_back(range(groups[t] * options.group_shared, options.group_shared));
        tasks.back().push_back(own + t);
      } else {
        tasks.push_back(range(options.plant == "disjoint" ? next : 0, ranks[t]));
        next += ranks[t];
      }
    }
    directions.push_back(std::move(tasks));
  }
  return directions;
}

SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed) {
  check_options(options);
  const Teacher teacher = make_teacher(options, seed);
  SuiteData made;
  made.dataset.suite = "planted";
  made.dataset.sha256 = sha256(canonical(options_to_json(options)) + std::to_string(seed));
  made.dataset.feature_width = options.width;
  made.dataset.target_width = options.target == "classes" ? 1 : options.outputs;
  made.dataset.tasks = make_tasks(options, teacher, seed);
  scale_losses(made.dataset.tasks);
  made.truth = truth_of(options, teacher);
  made.head = given_head(options, teacher);
  made.backbone_seed = backbone_seed(seed).value();
  return made;
}

SuiteKind planted_kind() {
  return {.summary = "tasks whose true update has a known rank at every layer",
          .options = describe_options<PlantedOptions>(),
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                const auto parsed = parse_options<PlantedOptions>(options, path);
                check_options(parsed);
                return options_to_json(parsed);
              },
          .make =
              [](const nlohmann::json& options, const SuiteSetting& setting) {
                const auto parsed = parse_options<PlantedOptions>(options, "data.options");
                const auto seed =
                    parsed.seed ? static_cast<std::uint64_t>(*parsed.seed) : setting.seed;
                return make_planted(parsed, seed);
              }};
}

}  // namespace rankwise

#include "framework/suites/planted.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/model/tiny.h"

#include <torch/types.h>

#include <array>
#include <cmath>

namespace rankwise {

namespace {

using torch::Tensor;

const torch::TensorOptions kDouble = torch::TensorOptions().dtype(torch::kFloat64);

// Everything about the teacher that does not depend on examples; all in double precision.
struct Teacher {
  std::vector<Tensor> weights;                   // [L] of [d, d]
  std::vector<Tensor> left, right;               // [L] of [d, d]: Haar bases U_l, V_l
  std::vector<std::vector<std::int64_t>> ranks;  // [L][T]
  Tensor head;                                   // [outputs, d]
  double delta = 1;

  Tensor update(std::size_t layer, std::int64_t task) const {
    const std::int64_t rank = ranks[layer][task];
    return delta * left[layer].narrow(1, 0, rank).mm(right[layer].narrow(1, 0, rank).t());
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

Seed backbone_seed(std::uint64_t seed) { return Seed(seed).stream("planted").stream("backbone"); }

Teacher make_teacher(const PlantedOptions& options, std::uint64_t seed) {
  const Seed stream = Seed(seed).stream("planted");
  Teacher teacher;
  const Tiny backbone(options.width, options.layers, 0, backbone_seed(seed), kDouble);
  for (const auto& [name, linear] : backbone.linears()) {
    teacher.weights.push_back(linear->weight.detach());
    teacher.left.push_back(orthogonal_matrix(options.width, stream.stream("U").stream(name)));
    teacher.right.push_back(orthogonal_matrix(options.width, stream.stream("V").stream(name)));
  }
  teacher.ranks = planted_ranks(options, seed);
  teacher.head = orthogonal_matrix(options.width, stream.stream("H")).narrow(0, 0, options.outputs);
  teacher.delta = options.delta;
  return teacher;
}

void fill(Split& split, const Tensor& x, const Tensor& y, const Tensor& reference) {
  const auto values = [](const Tensor& tensor) {
    const Tensor flat = tensor.contiguous();
    return std::vector<double>(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel());
  };
  split.features = values(x);
  split.target = values(y);
  split.reference = values(reference);
  for (std::int64_t i = 0; i <= x.size(0); ++i) {
    split.starts.push_back(i);
    split.groups.push_back(i);
  }
}

// The teacher's examples of one task and split. Returns sum of (y - backbone)^2.
double make_split(const Teacher& teacher, const Tensor& mean, std::int64_t task, std::int64_t rows,
                  double noise, const Seed& seed, Split& split) {
  const Tensor x = normal_tensor({rows, mean.size(0)}, 1, seed.stream("x"), kDouble) + mean;
  const Tensor clean = teacher.outputs(x, task);
  const Tensor plain = teacher.outputs(x, -1);
  const double gap = (clean - plain).square().mean().sqrt().item<double>();
  const Tensor y =
      clean + normal_tensor(clean.sizes(), 1, seed.stream("noise"), kDouble) * (noise * gap);
  fill(split, x, y, plain);
  return (y - plain).square().sum().item<double>();
}

Task make_task(const PlantedOptions& options, std::int64_t index) {
  Task task;
  task.name = fmt::format("planted{}", index);
  task.family = "planted";
  task.kind = TaskKind::kRegress;
  task.classes = 1;
  task.outputs = options.outputs;
  task.metrics = {"relative_error"};
  return task;
}

}  // namespace

std::vector<std::vector<std::int64_t>> planted_ranks(const PlantedOptions& options,
                                                     std::uint64_t seed) {
  constexpr std::array<std::int64_t, 4> kSpectrum{1, 2, 4, 8};
  std::vector<std::vector<std::int64_t>> ranks;
  for (std::int64_t layer = 0; layer < options.layers; ++layer) {
    std::vector<std::int64_t> row;
    for (std::int64_t t = 0; t < options.tasks; ++t) row.push_back(kSpectrum[t % 4]);
    Random random = Seed(seed).stream("planted").stream("ranks").stream(layer).random();
    random.shuffle(row);
    ranks.push_back(std::move(row));
  }
  return ranks;
}

SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed) {
  check(options.tasks <= options.width && options.outputs <= options.width,
        "planted: {} tasks and {} outputs must not exceed the width {}", options.tasks,
        options.outputs, options.width);
  const Seed stream = Seed(seed).stream("planted");
  const Teacher teacher = make_teacher(options, seed);
  const Tensor directions = orthogonal_matrix(options.width, stream.stream("inputs"));
  SuiteData made;
  made.dataset.suite = "planted";
  made.dataset.sha256 = sha256(canonical(options_to_json(options)) + std::to_string(seed));
  made.dataset.feature_width = options.width;
  made.dataset.target_width = options.outputs;
  double gap = 0;
  for (std::int64_t t = 0; t < options.tasks; ++t) {
    const Tensor mean =
        directions[t] * (options.kappa * std::sqrt(static_cast<double>(options.width)));
    const Seed examples = stream.stream("examples").stream(t);
    TaskData data;
    data.task = make_task(options, t);
    gap += make_split(teacher, mean, t, options.train, options.noise, examples.stream("train"),
                      data.train);
    make_split(teacher, mean, t, options.dev, options.noise, examples.stream("dev"), data.dev);
    make_split(teacher, mean, t, options.test, 0, examples.stream("test"), data.test);
    made.dataset.tasks.push_back(std::move(data));
  }
  // The loss is in units of what adaptation can gain: 1 for the unadapted backbone.
  const auto values = static_cast<double>(options.tasks * options.train * options.outputs);
  for (TaskData& data : made.dataset.tasks) data.task.loss_scale = gap > 0 ? values / gap : 1;
  made.head.weight = teacher.head;
  made.backbone_seed = backbone_seed(seed).value();
  return made;
}

SuiteKind planted_kind() {
  return {.summary = "tasks whose true update has a known rank at every layer",
          .options = describe_options<PlantedOptions>(),
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<PlantedOptions>(options, path));
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

#include "framework/suites/planted_features.h"

#include "framework/adapter/variant.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/model.h"
#include "framework/model/tiny.h"
#include "framework/train/evaluator.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rankwise {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using torch::Tensor;

constexpr std::uint64_t kFeaturesSeed = 12;

PlantedOptions small() {
  PlantedOptions options;
  options.train = 64;
  options.dev = 16;
  options.test = 32;
  return options;
}

Model unadapted(const SuiteData& suite, const PlantedOptions& options) {
  auto backbone =
      std::make_shared<Tiny>(options.width, options.layers, 0, Seed(*suite.backbone_seed), kDouble);
  std::vector<Task> tasks;
  for (const TaskData& data : suite.dataset.tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, options.width, suite.head, Seed(0), kDouble);
  return Model(std::move(backbone), variants().find("linear_probe").make(nlohmann::json::object()),
               std::move(heads), {{"layer.*"}, {.tasks = options.tasks, .options = kDouble}});
}

std::vector<double> test_errors(Model& model, const Dataset& dataset) {
  std::vector<double> errors;
  const Evaluation evaluation =
      Evaluator(dataset, 4096, kDouble).evaluate(model, SplitName::kTest, false);
  for (const PredictionRecord& task : evaluation.tasks) {
    errors.push_back(task.scores.at("relative_error"));
  }
  return errors;
}

// W_l + delta * sum_{i <= r*} u_i v_iᵀ in place of W_l: the definition in planted.h, once more.
void become_teacher(Model& model, const PlantedOptions& options, std::int64_t task) {
  const torch::NoGradGuard no_grad;
  const Seed stream = Seed(kFeaturesSeed).stream("planted");
  const auto directions = planted_directions(options, options.layers, kFeaturesSeed);
  std::size_t layer = 0;
  for (const auto& [name, linear] : model.backbone().linears()) {
    const Tensor left = orthogonal_matrix(options.width, stream.stream("U").stream(name));
    const Tensor right = orthogonal_matrix(options.width, stream.stream("V").stream(name));
    for (const std::int64_t i : directions[layer][task]) {
      linear->weight.add_(left.select(1, i).outer(right.select(1, i)), options.delta);
    }
    ++layer;
  }
}

// [layers][tasks]
std::vector<std::vector<std::int64_t>> ranks_of(const PlantedOptions& options, std::uint64_t seed) {
  std::vector<std::vector<std::int64_t>> ranks;
  for (const auto& layer : planted_directions(options, options.layers, seed)) {
    ranks.emplace_back();
    for (const auto& task : layer) ranks.back().push_back(static_cast<std::int64_t>(task.size()));
  }
  return ranks;
}

TEST(Planted, RanksAreAPermutationAtEveryLayer) {
  const auto ranks = ranks_of({}, kFeaturesSeed);
  ASSERT_THAT(ranks, SizeIs(3));
  for (std::vector<std::int64_t> layer : ranks) {
    std::sort(layer.begin(), layer.end());
    EXPECT_THAT(layer, ElementsAre(1, 1, 2, 2, 4, 4, 8, 8));
  }
  EXPECT_EQ(ranks, ranks_of({}, kFeaturesSeed));
  EXPECT_NE(ranks, ranks_of({}, kFeaturesSeed + 1));
  EXPECT_NE(ranks[0], ranks[1]) << "layers are permuted independently";
  PlantedOptions same;
  same.same_ranks = true;
  EXPECT_THAT(ranks_of(same, kFeaturesSeed), ElementsAre(ranks[0], ranks[0], ranks[0]));
}

TEST(Planted, NestedTasksShareTheirDirectionsAndDisjointOnesNone) {
  PlantedOptions options;
  const auto nested = planted_directions(options, options.layers, kFeaturesSeed);
  for (const auto& task : nested[1]) EXPECT_EQ(task.front(), 0);
  options.structure = PlantOptions::Structure::kDisjoint;
  std::vector<std::int64_t> all;
  const auto disjoint = planted_directions(options, options.layers, kFeaturesSeed);
  for (const auto& task : disjoint[1]) {
    all.insert(all.end(), task.begin(), task.end());
  }
  std::vector<std::int64_t> expected(30);
  std::iota(expected.begin(), expected.end(), std::int64_t{0});
  EXPECT_EQ(all, expected);
}

TEST(Planted, AGroupsTasksShareAllButOneDirection) {
  PlantedOptions options;
  options.structure = PlantOptions::Structure::kGroups;
  const auto tasks = planted_directions(options, options.layers, kFeaturesSeed)[2];
  EXPECT_THAT(planted_groups(options), ElementsAre(0, 0, 0, 1, 1, 1, 2, 2));
  EXPECT_THAT(tasks[0], ElementsAre(0, 1, 2, 3, 4, 5, 18));
  EXPECT_THAT(tasks[1], ElementsAre(0, 1, 2, 3, 4, 5, 19));
  EXPECT_THAT(tasks[7], ElementsAre(12, 13, 14, 15, 16, 17, 25));
  EXPECT_EQ(make_planted(options, kFeaturesSeed).dataset.tasks[7].task.family, "group 2");
  options.groups = {3, 3};
  EXPECT_THAT(error_of([&] { make_planted(options, 1); }), HasSubstr("groups of 6 tasks"));
  options = {};
  options.structure = PlantOptions::Structure::kDisjoint;
  options.width = 16;
  EXPECT_THAT(error_of([&] { make_planted(options, 1); }), HasSubstr("needs 30 directions"));
}

TEST(Planted, InputsMayLieApartByGroupOrNotAtAll) {
  using Inputs = PlantOptions::Inputs;
  const auto mean_of = [](Inputs inputs, std::size_t task) {
    PlantedOptions options = small();
    options.train = 4000;
    options.inputs = inputs;
    const SuiteData suite = make_planted(options, kFeaturesSeed);
    return torch::tensor(suite.dataset.tasks[task].train.features, kDouble).view({-1, 32}).mean(0);
  };
  // A mean of 4,000 Gaussians in 32 dimensions is off by .09; s sqrt(d) is 2.83.
  EXPECT_LE((mean_of(Inputs::kGroups, 0) - mean_of(Inputs::kGroups, 2)).norm().item<double>(), 0.3);
  EXPECT_NEAR((mean_of(Inputs::kGroups, 0) - mean_of(Inputs::kGroups, 3)).norm().item<double>(), 4,
              0.3);
  EXPECT_NEAR((mean_of(Inputs::kTasks, 0) - mean_of(Inputs::kTasks, 2)).norm().item<double>(), 4,
              0.3);
  EXPECT_LE(mean_of(Inputs::kNone, 0).norm().item<double>(), 0.3);
}

TEST(Planted, TargetsMayBeClasses) {
  PlantedOptions options = small();
  options.outputs = 8;
  options.target = PlantOptions::Target::kClasses;
  const SuiteData noisy = make_planted(options, kFeaturesSeed);
  const Task& task = noisy.dataset.tasks[0].task;
  EXPECT_EQ(task.kind, TaskKind::kClassify);
  EXPECT_EQ(task.classes, 8);
  EXPECT_EQ(noisy.dataset.target_width, 1);
  options.noise = 0;
  const SuiteData clean = make_planted(options, kFeaturesSeed);
  EXPECT_EQ(clean.dataset.tasks[0].test.target, noisy.dataset.tasks[0].test.target);
  EXPECT_NE(clean.dataset.tasks[0].train.target, noisy.dataset.tasks[0].train.target);
  std::int64_t same = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    same += clean.dataset.tasks[0].train.target[i] == noisy.dataset.tasks[0].train.target[i];
  }
  EXPECT_GT(same, 20) << "of 64; 8 by chance";
}

TEST(Planted, TheHeadMayBeTrained) {
  using Head = PlantOptions::Head;
  for (const auto& [head, count] :
       {std::pair(Head::kFrozen, 0), {Head::kShared, 1}, {Head::kTasks, 8}}) {
    PlantedOptions options = small();
    options.head = head;
    const Model model = unadapted(make_planted(options, kFeaturesSeed), options);
    EXPECT_THAT(model.head_parameters(), SizeIs(count));
    for (const Tensor& weight : model.head_parameters()) {
      EXPECT_TRUE(weight.requires_grad());
      EXPECT_TRUE(torch::equal(weight, make_planted(options, kFeaturesSeed).head.weight));
    }
  }
}

TEST(Planted, TheTrueRanksAreThoseOfTheTasksThatAreTaken) {
  const SuiteData all = load_suite(resolve_data({{"suite", "planted"}}, "data"), {});
  const SuiteData two = load_suite(
      resolve_data({{"suite", "planted"}, {"tasks", {"planted6", "planted1"}}}, "data"), {});
  const auto ranks = ranks_of({}, 0);
  EXPECT_EQ(all.truth->sites.at("layer.1").rank, ranks[1]);
  EXPECT_THAT(two.truth->sites.at("layer.1").rank, ElementsAre(ranks[1][6], ranks[1][1]));
  EXPECT_EQ(all.truth->sites.at("layer.1").directions, 8);
  EXPECT_THAT(all.truth->group, ::testing::IsEmpty());
  const SuiteData grouped =
      load_suite(resolve_data({{"suite", "planted"},
                               {"options", {{"structure", "groups"}, {"inputs", "groups"}}},
                               {"tasks", {"planted6", "planted1"}}},
                              "data"),
                 {});
  EXPECT_THAT(grouped.truth->group, ElementsAre(2, 0));
  EXPECT_THAT(grouped.truth->input_group, ElementsAre(2, 0));
}

TEST(Planted, TheUnadaptedModelHasErrorOne) {
  const SuiteData suite = make_planted(small(), kFeaturesSeed);
  Model model = unadapted(suite, small());
  // Two ways to write the same product differ by rounding.
  EXPECT_THAT(test_errors(model, suite.dataset), Each(::testing::DoubleNear(1, 1e-12)));
}

TEST(Planted, TheTeacherHasNoErrorOnItsTaskOnly) {
  const SuiteData suite = make_planted(small(), kFeaturesSeed);
  for (const std::int64_t task : {0, 5}) {
    Model model = unadapted(suite, small());
    become_teacher(model, small(), task);
    const auto errors = test_errors(model, suite.dataset);
    for (std::size_t t = 0; t < errors.size(); ++t) {
      if (static_cast<std::int64_t>(t) == task) {
        EXPECT_LE(errors[t], 1e-24);
      } else {
        EXPECT_GE(errors[t], 1e-3) << "task " << t << " is solved by task " << task;
      }
    }
  }
}

TEST(Planted, LossIsOneForTheUnadaptedModelInTraining) {
  const SuiteData suite = make_planted(small(), kFeaturesSeed);
  double sum = 0;
  double count = 0;
  for (const TaskData& data : suite.dataset.tasks) {
    for (std::size_t i = 0; i < data.train.target.size(); ++i) {
      const double gap = data.train.target[i] - data.train.reference[i];
      sum += data.task.loss_scale * gap * gap;
      count += 1;
    }
  }
  EXPECT_NEAR(sum / count, 1, 1e-12);
}

TEST(Planted, LabelNoiseIsAShareOfTheUpdatesEffect) {
  PlantedOptions quiet = small();
  quiet.noise = 0;
  const SuiteData noisy = make_planted(small(), kFeaturesSeed);
  const SuiteData clean = make_planted(quiet, kFeaturesSeed);
  const Split& with = noisy.dataset.tasks[0].train;
  const Split& without = clean.dataset.tasks[0].train;
  EXPECT_EQ(with.features, without.features);
  double noise = 0;
  double gap = 0;
  for (std::size_t i = 0; i < with.target.size(); ++i) {
    noise += std::pow(with.target[i] - without.target[i], 2);
    gap += std::pow(without.target[i] - without.reference[i], 2);
  }
  EXPECT_NEAR(std::sqrt(noise / gap), 0.3, 0.035);  // 1,024 draws: five times 0.3 / sqrt(2048)
  EXPECT_EQ(noisy.dataset.tasks[0].test.target, clean.dataset.tasks[0].test.target);
}

TEST(Planted, TasksInputsLieApart) {
  const SuiteData suite = make_planted(small(), kFeaturesSeed);
  std::vector<Tensor> means;
  for (const TaskData& data : suite.dataset.tasks) {
    means.push_back(torch::tensor(data.train.features, kDouble).view({-1, 32}).mean(0));
  }
  // s sqrt(d) = 2.83, so two tasks are 4 apart; means of 64 Gaussians in 32 dimensions add
  // noise of norm sqrt(2 * 32 / 64) = 1.
  const double distance = (means[0] - means[1]).norm().item<double>();
  EXPECT_NEAR(distance, std::sqrt(16.0 + 1), 0.8);
}

TEST(Planted, ASeedOfItsOwnFixesTheTeacher) {
  const SuiteKind& planted = suites().find("planted");
  const auto options =
      planted.resolve({{"seed", 3}, {"train", 8}, {"dev", 8}, {"test", 8}}, "data");
  const auto first = planted.make(options, {.seed = 1});
  const auto second = planted.make(options, {.seed = 2});
  EXPECT_EQ(first.dataset.tasks[0].train.features, second.dataset.tasks[0].train.features);
  EXPECT_EQ(first.backbone_seed, second.backbone_seed);
  auto free = options;
  free["seed"] = nullptr;
  EXPECT_NE(planted.make(free, {.seed = 1}).dataset.tasks[0].train.features,
            planted.make(free, {.seed = 2}).dataset.tasks[0].train.features);
}

TEST(Planted, RefusesMoreTasksThanDirections) {
  PlantedOptions options = small();
  options.tasks = 33;
  EXPECT_THAT(error_of([&] { make_planted(options, 1); }), HasSubstr("33 tasks"));
}

TEST(Suite, TakesTasksAndSubsets) {
  DataOptions options = resolve_data({{"suite", "planted"},
                                      {"tasks", {"planted5", "planted2"}},
                                      {"train_rows", 10},
                                      {"dev_rows", 0},
                                      {"test_rows", 7}},
                                     "data");
  const Dataset dataset = load_suite(options, {}).dataset;
  ASSERT_EQ(dataset.task_count(), 2);
  EXPECT_EQ(dataset.tasks[0].task.name, "planted5");
  EXPECT_EQ(dataset.tasks[0].train.examples(), 10);
  EXPECT_EQ(dataset.tasks[0].dev.examples(), 128);
  EXPECT_EQ(dataset.tasks[1].test.examples(), 7);
  EXPECT_THAT(dataset.tasks[1].test.reference, SizeIs(7 * 16));
  options.tasks = {"planted9"};
  EXPECT_THAT(error_of([&] { load_suite(options, {}); }), HasSubstr("unknown task 'planted9'"));
}

TEST(Suite, RefusesWhatIsNotFinite) {
  const auto made = [](const nlohmann::json& options) {
    return error_of([&] {
      load_suite(resolve_data({{"suite", "planted"}, {"options", options}}, "data"), {});
    });
  };
  EXPECT_THAT(made({{"input_separation", 1e300}}), HasSubstr("planted: planted0/train/features: "));
  EXPECT_THAT(made({{"input_separation", 1e300}}), HasSubstr("of row 0 is not a finite number"));
  // Without an update the unadapted model is right, and relative_error divides by zero.
  EXPECT_EQ(made({{"delta", 0}}), "data.options.delta: 0 is not positive");
  EXPECT_THAT(made({{"target", "classes"}, {"outputs", 1}}), HasSubstr("expected at least 2"));
}

TEST(Suite, RefusesATaskTwice) {
  EXPECT_EQ(error_of([] {
              load_suite(
                  resolve_data({{"suite", "planted"}, {"tasks", {"planted1", "planted1"}}}, "data"),
                  {});
            }),
            "data.tasks: 'planted1' is there twice; name each task once");
}

TEST(Suite, UnknownOnesSayWhatToDo) {
  const DataOptions options = resolve_data({{"suite", "text11"}}, "data");
  const auto message =
      error_of([&] { load_suite(options, {.data = "/nowhere", .tokenizer = "minilm-l6"}); });
  EXPECT_THAT(message, HasSubstr("unknown suite 'text11'"));
  EXPECT_THAT(message, HasSubstr("scripts/prepare --suite text11 --backbone minilm-l6"));
  EXPECT_THAT(message, HasSubstr("planted"));
  EXPECT_THAT(error_of([&] { load_suite(options, {.data = "/nowhere"}); }),
              HasSubstr("needs a backbone with prepared weights"));
  EXPECT_THAT(error_of([] {
                resolve_data({{"suite", "text11"}, {"options", {{"a", 1}}}}, "data");
              }),
              HasSubstr("only suites made in memory have options (planted, planted_tokens)"));
}

}  // namespace
}  // namespace rankwise

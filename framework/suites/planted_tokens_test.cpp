#include "framework/suites/planted_tokens.h"

#include "framework/adapter/variant.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/model.h"
#include "framework/train/evaluator.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <set>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::HasSubstr;
using torch::Tensor;

constexpr std::uint64_t kTokensSeed = 12;

PlantedTokensOptions small_tokens() {
  PlantedTokensOptions options;
  options.tasks = 2;
  options.train = 40;
  options.dev = 8;
  options.test = 16;
  options.vocabulary = 64;
  return options;
}

// One layer of a random transformer: six linears.
SuiteInputs transformer() {
  const json options = backbones().find("bert").resolve({{"layers", 1}, {"std", 0.2}}, "b");
  return {.seed = kTokensSeed, .backbone = "bert", .backbone_options = options};
}

std::shared_ptr<Backbone> backbone_of(const SuiteData& suite) {
  return backbones().find("bert").make(
      transformer().backbone_options,
      {{}, suite.dataset.vocabulary, 0, kDouble, Seed(*suite.backbone_seed)});
}

// The error of each task with the weights as they are in `backbone`.
std::vector<double> errors(const SuiteData& suite, std::shared_ptr<Backbone> backbone) {
  std::vector<Task> tasks;
  for (const TaskData& data : suite.dataset.tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, backbone->width(), suite.head, Seed(0), kDouble);
  Model model(std::move(backbone), variants().find("linear_probe").make(json::object()),
              std::move(heads), {{"*"}, {.tasks = 2, .options = kDouble}});
  const Evaluator evaluator(suite.dataset, 4096, kDouble);
  std::vector<double> values;
  for (const auto& task : evaluator.evaluate(model, SplitName::kTest, false).tasks) {
    values.push_back(task.scores.at("relative_error"));
  }
  return values;
}

TEST(PlantedTokens, PlantsAtEveryLinearOfTheRunsBackbone) {
  const SuiteData suite = make_planted_tokens(small_tokens(), transformer());
  const auto linears = backbone_of(suite)->linears();
  ASSERT_EQ(suite.truth->sites.size(), 6U);
  for (const auto& [name, linear] : linears) {
    const SiteTruth& truth = suite.truth->sites.at(name);
    EXPECT_EQ(truth.rank.size(), 2U);
    EXPECT_EQ(truth.left.size(), static_cast<std::size_t>(linear->out() * truth.directions));
    EXPECT_EQ(truth.right.size(), static_cast<std::size_t>(linear->in() * truth.directions));
  }
}

TEST(PlantedTokens, TheUnadaptedModelHasErrorOneAndTheTeacherNone) {
  const SuiteData suite = make_planted_tokens(small_tokens(), transformer());
  // Sums in another order differ by rounding.
  EXPECT_THAT(errors(suite, backbone_of(suite)), Each(::testing::DoubleNear(1, 1e-9)));
  const auto teacher = backbone_of(suite);
  const torch::NoGradGuard no_grad;
  for (auto [name, linear] : teacher->linears()) {
    const SiteTruth& truth = suite.truth->sites.at(name);
    const auto k = truth.directions;
    const Tensor left = torch::tensor(truth.left, kDouble).view({linear->out(), k});
    const Tensor right = torch::tensor(truth.right, kDouble).view({linear->in(), k});
    linear->weight.add_(left.narrow(1, 0, truth.rank[1]).mm(right.narrow(1, 0, truth.rank[1]).t()));
  }
  const std::vector<double> played = errors(suite, teacher);
  EXPECT_GE(played[0], 1e-2) << "another task's ranks";
  EXPECT_LE(played[1], 1e-18);
}

TEST(PlantedTokens, AShareOfTheTokensAreTheTasksOwnWords) {
  PlantedTokensOptions options = small_tokens();
  options.input_separation = 1;
  const SuiteData all = make_planted_tokens(options, transformer());
  for (std::int32_t t : {0, 1}) {
    for (const std::int32_t word : all.dataset.tasks[t].train.tokens) EXPECT_EQ(word / 32, t);
  }
  options.input_separation = 0.5;
  const SuiteData half = make_planted_tokens(options, transformer());
  const auto& tokens = half.dataset.tasks[1].train.tokens;
  const auto own = std::count_if(tokens.begin(), tokens.end(), [](auto w) { return w >= 32; });
  // .5 of its own and half of the others: .75, of some 480 draws; five times sqrt(.75 * .25 / 480).
  EXPECT_NEAR(static_cast<double>(own) / static_cast<double>(tokens.size()), 0.75, 0.1);
  options.inputs = PlantOptions::Inputs::kNone;
  const SuiteData none = make_planted_tokens(options, transformer());
  const auto& any = none.dataset.tasks[1].train.tokens;
  EXPECT_GE(std::count_if(any.begin(), any.end(), [](auto w) { return w < 32; }), 100);
}

TEST(PlantedTokens, LengthsAreFromHalfTheLongestOn) {
  const SuiteData suite = make_planted_tokens(small_tokens(), transformer());
  std::set<std::int64_t> lengths;
  const Split& split = suite.dataset.tasks[0].train;
  for (std::int64_t s = 0; s < split.sequences(); ++s) {
    lengths.insert(split.starts[s + 1] - split.starts[s]);
  }
  EXPECT_GE(*lengths.begin(), 8);
  EXPECT_LE(*lengths.rbegin(), 16);
  EXPECT_GE(lengths.size(), 5U) << "of nine, in 40 draws";
}

TEST(PlantedTokens, RefusesWhatDoesNotFit) {
  PlantedTokensOptions options = small_tokens();
  options.input_separation = 1.5;
  EXPECT_THAT(error_of([&] { make_planted_tokens(options, transformer()); }),
              HasSubstr("input_separation 1.5 is no fraction"));
  options = small_tokens();
  options.vocabulary = 1;
  EXPECT_THAT(error_of([&] { make_planted_tokens(options, transformer()); }),
              HasSubstr("2 tasks exceed the 1 words"));
  options = small_tokens();
  options.outputs = 40;
  EXPECT_THAT(error_of([&] { make_planted_tokens(options, transformer()); }),
              HasSubstr("40 outputs exceed the width 32"));
  options = small_tokens();
  options.tasks = 8;
  options.structure = PlantOptions::Structure::kDisjoint;
  SuiteInputs narrow = transformer();
  narrow.backbone_options["hidden"] = 16;
  EXPECT_THAT(error_of([&] { make_planted_tokens(options, narrow); }),
              HasSubstr("needs 30 directions"));
}

}  // namespace
}  // namespace rankwise

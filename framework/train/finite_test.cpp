// NaN and infinities: found before they are used, and named by where they are.

#include "framework/train/finite.h"

#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/toy.h"
#include "framework/train/evaluator.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace rankwise {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using torch::Tensor;

const toy::Recipe kFiniteRecipe{.variant = "lora", .options = {{"rank", 2}}};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const Dataset& finite_tokens() { return toy::dataset(toy::Kind::kTokens); }

// The message of a step that fails.
std::string step_error(Model& model, const TrainOptions& options, const Dataset& dataset) {
  Trainer trainer(model, dataset, options, Seed(1), kDouble);
  return error_of([&] { trainer.step(toy::examples(toy::Kind::kTokens, 2)); });
}

void spoil(Tensor tensor) {
  const torch::NoGradGuard no_grad;
  tensor.flatten()[0] = kNan;
}

TEST(Finite, NamesTheFirstTensor) {
  const Tensor good = torch::ones({2, 2}, kDouble);
  const Tensor bad = torch::tensor({1.0, std::numeric_limits<double>::infinity()}, kDouble);
  EXPECT_EQ(first_not_finite({}), "");
  EXPECT_EQ(first_not_finite({{"a", good}, {"n", torch::ones({2}, torch::kInt64)}}), "");
  EXPECT_EQ(first_not_finite({{"a", good}, {"b", bad}, {"c", bad}}), "b");
}

TEST(Finite, NamesATrainedParameter) {
  const auto model = toy::model(kFiniteRecipe);
  check_parameters(*model);
  spoil(model->heads().named_parameters()["amount_bias"]);
  EXPECT_EQ(error_of([&] { check_parameters(*model); }), "parameter amount_bias is not finite");
}

TEST(Finite, NamesTheBackbonesTensor) {
  const auto model = toy::model(kFiniteRecipe);
  check_weights(model->backbone());
  auto weights = model->backbone().named_parameters();
  spoil(weights["encoder.layer.1.attention.self.key.weight"]);
  EXPECT_THAT(
      error_of([&] { check_weights(model->backbone()); }),
      HasSubstr("encoder.layer.1.attention.self.key.weight has values that are not finite"));
}

TEST(Finite, NamesATargetsPlace) {
  Dataset dataset = finite_tokens();
  check_targets(dataset);
  dataset.tasks[2].dev.target[7] = kNan;
  EXPECT_EQ(error_of([&] { check_targets(dataset); }),
            "task 'amount' has the target nan in example 7 of its dev split; mend it in the suite");
}

TEST(Finite, ALossOfDamagedWeightsIsNotBlamedOnTheRate) {
  const auto model = toy::model(kFiniteRecipe);
  auto weights = model->backbone().named_parameters();
  spoil(weights["encoder.layer.0.output.dense.weight"]);
  EXPECT_THAT(
      step_error(*model, toy::training(1), finite_tokens()),
      AllOf(HasSubstr("the loss is nan at step 1"),
            HasSubstr("encoder.layer.0.output.dense.weight"), Not(HasSubstr("learning_rate"))));
}

TEST(Finite, ALossOfADamagedTargetIsNotBlamedOnTheRate) {
  Dataset dataset = finite_tokens();
  dataset.tasks[2].train.target[0] = std::numeric_limits<double>::infinity();
  const auto model = toy::model(kFiniteRecipe);
  EXPECT_THAT(step_error(*model, toy::training(1), dataset),
              AllOf(HasSubstr("the loss is inf at step 1"), HasSubstr("target inf in example 0"),
                    Not(HasSubstr("learning_rate"))));
}

TEST(Finite, ALossThatDivergedNamesTheParameter) {
  const auto model = toy::model(kFiniteRecipe);
  spoil(model->adapter_parameters()[0]);
  EXPECT_THAT(step_error(*model, toy::training(1), finite_tokens()),
              AllOf(HasSubstr("the loss is nan at step 1: parameter "), HasSubstr("lora_A"),
                    HasSubstr("lower train.learning_rate (now 0.01)")));
}

TEST(Finite, NothingMovesAtALossThatIsNotFinite) {
  const auto model = toy::model(kFiniteRecipe);
  auto weights = model->backbone().named_parameters();
  spoil(weights["encoder.layer.0.output.dense.weight"]);
  const Tensor before = model->adapter_parameters()[0].detach().clone();
  step_error(*model, toy::training(1), finite_tokens());
  EXPECT_TRUE(torch::equal(model->adapter_parameters()[0], before));
}

TEST(Finite, AnEvaluationNamesTheExample) {
  const auto model = toy::model(kFiniteRecipe);
  spoil(model->heads().named_parameters()["middle_weight"]);
  const Evaluator evaluator(finite_tokens(), 64, kDouble);
  EXPECT_EQ(error_of([&] { evaluator.evaluate(*model, SplitName::kDev, false); }),
            "the outputs for task 'middle', dev example 0, are not finite");
}

TEST(Finite, AdviceNamesWhatIsNotSetYet) {
  TrainOptions options;
  EXPECT_EQ(advice(options), "lower train.learning_rate (now 0.001)");
  options.clip = 0;
  EXPECT_EQ(advice(options), "lower train.learning_rate (now 0.001) or set train.clip");
}

}  // namespace
}  // namespace rankwise

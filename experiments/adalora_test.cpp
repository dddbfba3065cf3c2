#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Two ranks, scale 1, Q = 1, P = (1, 1), lambda = (2, -3). For x = (1, 10): y = 2 - 30.
OneSite adalora_by_hand(nlohmann::json options = nlohmann::json::object()) {
  options.update(
      {{"rank", 2}, {"target_rank", 1}, {"interval", 1}, {"beta1", 0.5}, {"beta2", 0.25}});
  OneSite site("adalora", options, {.tasks = 2, .sites = 2});
  site.set("lora_A", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("lora_B", OneSite::tensor({{1, 1}}));
  site.set("gate.lambda", torch::tensor({2.0, -3.0}, kDouble));
  return site;
}

const Tensor& adalora_one_row() {
  static const Tensor row = OneSite::tensor({{1, 10}});
  return row;
}

constexpr StepInfo kLastStep{.training = true, .step = 9, .steps = 10};

TEST(Adalora, TheUpdateIsPLambdaQ) {
  OneSite site = adalora_by_hand();
  EXPECT_EQ(site.forward(adalora_one_row()).item<double>(), -28);
  OneSite scaled = adalora_by_hand({{"alpha", 6}});
  EXPECT_EQ(scaled.forward(adalora_one_row()).item<double>(), 3 * -28);
}

TEST(Adalora, StartsWithNormalPairsAndLambdaZero) {
  const OneSite site("adalora", {{"rank", 100}}, {.in = 100, .out = 100});
  EXPECT_THAT(doubles(site.get("gate.lambda")), Each(0));
  for (const char* name : {"lora_A", "lora_B"}) {  // five deviations of 10^4 squares
    EXPECT_NEAR(site.get(name).square().mean().item<double>(), 4e-4, 4e-4 * 0.071) << name;
  }
  EXPECT_FALSE(torch::equal(site.get("lora_A"), site.get("lora_B").t()));
}

TEST(Adalora, TheRegulariserIsTheSquaredDistanceFromOrthogonality) {
  OneSite site = adalora_by_hand({{"orthogonality_weight", 0.5}});
  site.set("lora_A", OneSite::tensor({{1, 0}, {1, 1}}));  // Q Q^T - 1 = {{0, 1}, {1, 1}}
  site.set("lora_B", OneSite::tensor({{2, 0}}));          // P^T P - 1 = {{3, 0}, {0, -1}}
  site.forward(adalora_one_row().repeat({3, 1}), {}, /*training=*/true);
  const AuxiliaryTerm term = site.adapter().take_auxiliary();
  EXPECT_EQ(term.sum.item<double>(), 3 * 0.5 * (3 + 10));
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined()) << "given twice";
  site.forward(adalora_one_row());
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined()) << "in evaluation";
}

TEST(Adalora, TheReleasedRegulariserIsTheMeanNorm) {
  OneSite site = adalora_by_hand({{"orthogonality_weight", 0.5}, {"orthogonality", "norm"}});
  site.set("lora_A", OneSite::tensor({{1, 0}, {1, 1}}));
  site.set("lora_B", OneSite::tensor({{2, 0}}));
  site.forward(adalora_one_row(), {}, /*training=*/true);
  EXPECT_NEAR(site.adapter().take_auxiliary().sum.item<double>(),
              0.5 * (std::sqrt(3.0) + std::sqrt(10.0)) / 4, 1e-14);  // two factors at two sites
}

TEST(Adalora, WithoutWeightThereIsNoRegulariser) {
  OneSite site = adalora_by_hand({{"orthogonality_weight", 0}});
  site.forward(adalora_one_row(), {}, /*training=*/true);
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined());
}

TEST(Adalora, SensitivityAndUncertaintyAreSmoothedProductsWithTheGradient) {
  OneSite site = adalora_by_hand();
  site.forward(adalora_one_row(), {}, /*training=*/true).sum().backward();
  // |w grad w|: lambda (2 * 1, 3 * 10), P the same, Q {{2, 0}, {0, 30}}.
  site.adapter().before_step({.steps = 10});
  EXPECT_THAT(doubles(site.get("gate.training_sensitivity_lambda")), ElementsAre(1, 15));
  EXPECT_THAT(doubles(site.get("gate.training_uncertainty_lambda")), ElementsAre(0.75, 11.25));
  EXPECT_THAT(doubles(site.get("gate.training_sensitivity_P")), ElementsAre(1, 15));
  EXPECT_THAT(doubles(site.get("gate.training_sensitivity_Q")), ElementsAre(1, 0, 0, 15));
  site.adapter().before_step({.steps = 10});
  EXPECT_THAT(doubles(site.get("gate.training_sensitivity_lambda")), ElementsAre(1.5, 22.5));
  EXPECT_THAT(doubles(site.get("gate.training_uncertainty_lambda")), ElementsAre(0.5625, 8.4375));
}

TEST(Adalora, ImportanceMayBeTakenAfterTheStep) {
  // The last allocation is at step 5 of 10: step counts from 1.
  const auto sensitivity = [](std::int64_t step) {
    OneSite site = adalora_by_hand({{"importance", "after_step"}});
    site.forward(adalora_one_row(), {}, /*training=*/true).sum().backward();
    const StepInfo step_info{.training = true, .step = step - 1, .steps = 10};
    site.adapter().before_step(step_info);
    site.set("gate.lambda", torch::tensor({4.0, -2.0}, kDouble));  // as the optimizer may
    site.adapter().after_step(step_info);
    return doubles(site.get("gate.training_sensitivity_lambda"));
  };
  // Half of |4 * 1| and |-2 * 10|, with the gradients of before the step.
  EXPECT_THAT(sensitivity(1), ElementsAre(2, 10));
  EXPECT_THAT(sensitivity(4), ElementsAre(2, 10));
  EXPECT_THAT(sensitivity(5), ElementsAre(0, 0)) << "not at the last allocation";
}

TEST(Adalora, TheReleasedReading) {
  const Variant& adalora = variants().find("adalora");
  const nlohmann::json released = adalora.resolve({{"reading", "released"}}, "options");
  EXPECT_EQ(released["importance"], "after_step");
  EXPECT_EQ(released["orthogonality"], "norm");
  EXPECT_EQ(adalora.released.size(), 3U) << "reading, importance, orthogonality";
}

TEST(Adalora, ImportanceNoLongerChangesInTheFinalPhase) {
  OneSite site = adalora_by_hand();
  site.forward(adalora_one_row(), {}, /*training=*/true).sum().backward();
  site.adapter().before_step(kLastStep);
  EXPECT_THAT(doubles(site.get("gate.training_sensitivity_lambda")), ElementsAre(0, 0));
}

// Lambda after an allocation of one rank, where lambda's importance is (3, 1), that of the second
// row of Q is (q, 0), and P's is (0, p).
std::vector<double> kept(double q, double p) {
  OneSite site = adalora_by_hand();
  const auto set = [&](const std::string& name, const Tensor& sensitivity) {
    site.set("gate.training_sensitivity_" + name, sensitivity);
    site.set("gate.training_uncertainty_" + name, torch::ones_like(sensitivity));
  };
  set("lambda", torch::tensor({3.0, 1.0}, kDouble));
  set("Q", OneSite::tensor({{0, 0}, {q, 0}}));
  set("P", OneSite::tensor({{0, p}}));
  site.adapter().after_step(kLastStep);
  return doubles(site.get("gate.lambda"));
}

TEST(Adalora, TheScoreOfATripletAddsTheMeansOverItsVectors) {
  EXPECT_THAT(kept(0, 0), ElementsAre(2, 0));
  EXPECT_THAT(kept(3, 0), ElementsAre(2, 0)) << "the mean over two inputs is 1.5";
  EXPECT_THAT(kept(5, 0), ElementsAre(0, -3));
  EXPECT_THAT(kept(0, 1.5), ElementsAre(2, 0));
  EXPECT_THAT(kept(0, 2.5), ElementsAre(0, -3));
}

TEST(Adalora, TheScoreIsSensitivityTimesUncertainty) {
  OneSite site = adalora_by_hand();
  site.set("gate.training_sensitivity_lambda", torch::tensor({3.0, 1.0}, kDouble));
  site.set("gate.training_uncertainty_lambda", torch::tensor({1.0, 4.0}, kDouble));
  site.adapter().after_step(kLastStep);
  EXPECT_THAT(doubles(site.get("gate.lambda")), ElementsAre(0, -3));
}

TEST(Adalora, ARankOutsideTheBudgetIsOffUntilItComesBack) {
  OneSite site = adalora_by_hand();
  site.set("gate.training_sensitivity_lambda", torch::tensor({0.0, 1.0}, kDouble));
  site.set("gate.training_uncertainty_lambda", torch::ones({2}, kDouble));
  EXPECT_EQ(site.update().gate()->active_ranks(2, {}), 2);
  site.adapter().after_step(kLastStep);
  EXPECT_EQ(site.forward(adalora_one_row(), {1}).item<double>(), -30);
  EXPECT_EQ(site.update().gate()->active_ranks(2, {}), 1);
  const RankUsage& usage = *site.update().evaluation_usage();
  EXPECT_THAT(doubles(usage.count()), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(doubles(usage.gate_mass()), ElementsAre(0, 0, 0, -3));
  site.forward(adalora_one_row()).sum().backward();
  EXPECT_THAT(doubles(site.get("gate.lambda").grad()), ElementsAre(1, 10));
  site.set("gate.lambda", torch::tensor({0.5, -3.0}, kDouble));  // as the optimizer may
  EXPECT_EQ(site.update().gate()->active_ranks(2, {}), 2);
}

// Ranks left of 12 after step `step` (from 1) of 20, of which 2 warm up and 6 are final; the
// target is 4.
double ranks_after(std::int64_t step, std::int64_t interval) {
  OneSite site("adalora",
               {{"rank", 12}, {"target_rank", 4}, {"final_fraction", 0.3}, {"interval", interval}},
               {});
  site.adapter().after_step({.training = true, .step = step - 1, .steps = 20});
  return site.update().gate()->active_ranks(12, {});
}

TEST(Adalora, TheBudgetFallsByACubic) {
  EXPECT_EQ(ranks_after(2, 1), 12);
  EXPECT_EQ(ranks_after(3, 1), 4 + 6);   // 8 (11/12)^3 = 6.16
  EXPECT_EQ(ranks_after(5, 1), 4 + 3);   // 8 (3/4)^3 = 3.375
  EXPECT_EQ(ranks_after(8, 1), 4 + 1);   // 8 (1/2)^3
  EXPECT_EQ(ranks_after(11, 1), 4 + 0);  // 8 (1/4)^3 = 0.125
  EXPECT_EQ(ranks_after(20, 1), 4);
}

TEST(Adalora, RanksAreAllocatedAtTheIntervalAndInTheFinalPhase) {
  EXPECT_EQ(ranks_after(5, 3), 12);
  EXPECT_EQ(ranks_after(6, 3), 4 + 2);  // 8 (2/3)^3 = 2.37
  EXPECT_EQ(ranks_after(14, 3), 4);
  EXPECT_EQ(ranks_after(16, 3), 4);
}

TEST(Adalora, AllSitesShareTheBudget) {
  const toy::Recipe recipe{.variant = "adalora",
                           .options = {{"rank", 4}, {"target_rank", 2}, {"interval", 1}}};
  const auto model = toy::model(recipe);
  Trainer(*model, toy::dataset(recipe.kind), toy::training(10), Seed(1), recipe.tensors)
      .run({}, [](std::int64_t) {});
  double total = 0;
  bool uneven = false;
  for (const auto& [site, update] : model->adapter().attached()) {
    const double active = update->gate()->active_ranks(4, {});
    total += active;
    uneven = uneven || active != 2;
  }
  EXPECT_EQ(total, 2 * static_cast<double>(model->adapter().attached().size()));
  EXPECT_TRUE(uneven);
}

// Two sites of one input and output each: 4 ranks at "a", 2 at "b", and a target of 2 a site.
struct AdaloraPair {
  AdaloraPair() {
    const Variant& variant = variants().find("adalora");
    const nlohmann::json options{
        {"rank", 4}, {"target_rank", 2}, {"interval", 1}, {"site_options", {{"b", {{"rank", 2}}}}}};
    adapter = variant.make(variant.resolve(options, "options"));
    const AdapterInputs inputs{.sites = 2, .options = kDouble};
    for (const char* name : {"a", "b"}) {
      const Site site{name, 1, 1, torch::zeros({1, 1}, kDouble)};
      adapter->add(site, adapter->make_update(site, inputs));
    }
    set(0, {6, 1, 5, 2});
    set(1, {3, 4});
  }
  // The score of each rank, and a lambda that is not zero.
  void set(std::size_t site, const std::vector<double>& score) {
    const torch::NoGradGuard no_grad;
    const auto& update = adapter->attached()[site].update;
    const Tensor value = torch::tensor(score, kDouble);
    update->named_buffers()["gate.training_sensitivity_lambda"].copy_(value);
    update->named_buffers()["gate.training_uncertainty_lambda"].fill_(1);
    update->named_parameters()["gate.lambda"].copy_(value);
  }
  std::vector<double> lambda(std::size_t site) const {
    return doubles(adapter->attached()[site].update->named_parameters()["gate.lambda"]);
  }

  std::unique_ptr<Adapter> adapter;
};

TEST(Adalora, TheBudgetFallsFromTheSumOfTheSitesRanksToTheMeanTarget) {
  // 4 + 2 ranks, of which 2 a site stay; the budget falls over steps 2 to 10.
  AdaloraPair halfway;
  halfway.adapter->after_step({.training = true, .step = 2, .steps = 20});
  EXPECT_THAT(halfway.lambda(0), ElementsAre(6, 0, 5, 2)) << "5 ranks: 4 + 2 (7/8)^3 = 5.34";
  EXPECT_THAT(halfway.lambda(1), ElementsAre(3, 4));
  AdaloraPair last;
  last.adapter->after_step(kLastStep);
  EXPECT_THAT(last.lambda(0), ElementsAre(6, 0, 5, 0));
  EXPECT_THAT(last.lambda(1), ElementsAre(3, 4));
}

TEST(Adalora, ATargetAboveTheSitesMeanRankIsRefused) {
  const toy::Recipe recipe{
      .variant = "adalora",
      .options = {{"rank", 4}, {"target_rank", 4}, {"site_options", {{"*.query", {{"rank", 2}}}}}}};
  EXPECT_EQ(error_of([&] { toy::model(recipe); }),
            "target_rank: 4 at each of 12 sites is more than the 44 ranks they start with");
}

TEST(Adalora, WithOptionsOfSitesIsNotSaidInPeft) {
  const Variant& adalora = variants().find("adalora");
  const auto write = [&](const nlohmann::json& given) {
    adalora.facts.peft->write(adalora.resolve(given, "options"), {});
  };
  EXPECT_EQ(error_of([&] { write(nlohmann::json::object()); }), "");
  EXPECT_THAT(error_of([&] {
                write({{"site_options", {{"*", {{"rank", 16}}}}}});
              }),
              HasSubstr("site_options: PEFT's AdaLoRA has one rank and alpha for all sites"));
}

TEST(Adalora, WithLambdaOneIsLora) {
  OneSite adalora("adalora", {{"rank", 4}, {"target_rank", 4}, {"alpha", 8}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}, {"alpha", 8}}, {.in = 3, .out = 2});
  adalora.set("gate.lambda", torch::ones({4}, kDouble));
  lora.set("lora_A", adalora.get("lora_A"));
  lora.set("lora_B", adalora.get("lora_B"));
  const Tensor x = torch::randn({6, 3}, kDouble);
  EXPECT_TRUE(torch::equal(adalora.forward(x), lora.forward(x)));
}

TEST(Adalora, RefusesOptionsThatDoNotFit) {
  EXPECT_THAT(error_of([] {
                OneSite("adalora", {{"target_rank", 13}}, {});
              }),
              HasSubstr("options.target_rank: 13 is more than the 12 ranks there are"));
  EXPECT_THAT(error_of([] {
                OneSite("adalora", {{"warmup_fraction", 0.5}}, {});
              }),
              HasSubstr("options.final_fraction: 0.5 and a warmup_fraction of 0.5 leave no steps"));
}

TEST(Adalora, HoldsTheConformanceSuiteInItsReleasedReading) {
  conformance::run_all({.variant = "adalora",
                        .options = {{"reading", "released"}, {"rank", 4}, {"target_rank", 2}}});
}

TEST(Adalora, HoldsTheConformanceSuiteWithManyAllocations) {
  conformance::run_all({.variant = "adalora",
                        .options = {{"rank", 4},
                                    {"target_rank", 1},
                                    {"interval", 1},
                                    {"final_fraction", 0},
                                    {"orthogonality", "norm"}}});
}

}  // namespace
}  // namespace rankwise

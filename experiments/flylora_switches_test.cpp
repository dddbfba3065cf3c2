// FlyLoRA's switches one by one: each setting gives its own hand-checked numbers.

#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using fixtures::rows;
using nlohmann::json;
using ::testing::Each;
using ::testing::ElementsAre;
using torch::Tensor;

// Four ranks, two active, alpha / r = 2. For x = (1, 0): A x = (1, -20, 3, 0.5), B adds.
OneSite flylora_switches_by_hand(const json& options) {
  json all{{"rank", 4}, {"active", 2}, {"balance_rate", 0.25}};
  if (!options.is_null()) all.update(options);
  OneSite site("flylora", all, {});
  site.set("lora_A", OneSite::tensor({{1, 0}, {-20, 0}, {3, 0}, {0.5, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  return site;
}

double flylora_output(OneSite& site) { return site.forward(rows(1)).item<double>(); }

double flylora_output(const json& options) {
  OneSite site = flylora_switches_by_hand(options);
  return flylora_output(site);
}

double output_with_bias(const json& options, const std::vector<double>& bias) {
  OneSite site = flylora_switches_by_hand(options);
  site.set("gate.balance_bias", torch::tensor(bias, kDouble));
  return flylora_output(site);
}

TEST(FlyLoraSwitches, TheChoice) {
  EXPECT_EQ(flylora_output({{"choice", "magnitude"}}), 2 * (-20 + 3));
  EXPECT_EQ(flylora_output({{"choice", "signed"}}), 2 * (1 + 3));
  EXPECT_EQ(flylora_output({{"choice", "all"}}), 2 * (1 - 20 + 3 + 0.5));
}

TEST(FlyLoraSwitches, ARandomChoiceUsesEveryRankAlike) {
  OneSite site = flylora_switches_by_hand({{"choice", "random"}});
  site.forward(rows(400));  // 200 a rank, deviation 10
  for (const double used : doubles(site.update().evaluation_usage()->count())) {
    EXPECT_NEAR(used, 200, 50);
  }
}

TEST(FlyLoraSwitches, TheBiasInTheChoice) {
  const std::vector<double> bias{0, 19.5, 0, 0};
  EXPECT_EQ(output_with_bias({{"bias", "outside"}}, bias), 2 * (-20 + 3)) << "20 + 19.5";
  EXPECT_EQ(output_with_bias({{"bias", "inside"}}, bias), 2 * (1 + 3)) << "|-20 + 19.5|";
  const json by_value{{"choice", "signed"}};
  EXPECT_EQ(output_with_bias(by_value, {0, 22, 0, 0}), 2 * (-20 + 3)) << "-20 + 22 beats 1";
  EXPECT_FALSE(
      flylora_switches_by_hand({{"bias", "none"}}).update().gate()->balance_bias().defined());
}

TEST(FlyLoraSwitches, Balancing) {
  OneSite bias = flylora_switches_by_hand({{"balance", "bias"}});
  bias.forward(rows(1), {}, /*training=*/true);
  EXPECT_FALSE(bias.adapter().take_auxiliary().sum.defined());
  OneSite none = flylora_switches_by_hand({{"balance", "none"}});
  EXPECT_FALSE(none.update().gate()->balance_bias().defined());
  OneSite loss = flylora_switches_by_hand({{"balance", "auxiliary"}, {"balance_weight", 0.5}});
  EXPECT_FALSE(loss.update().gate()->balance_bias().defined());
  loss.forward(rows(3), {}, /*training=*/true);
  // Half of the choices fell on each of ranks 1 and 2: 4 * (p_1 + p_2) / 2, for three sequences.
  const double sum = std::exp(1) + std::exp(20) + std::exp(3) + std::exp(0.5);
  const double even = 4 * (std::exp(20) + std::exp(3)) / sum / 2;
  const AuxiliaryTerm term = loss.adapter().take_auxiliary();
  EXPECT_NEAR(term.sum.item<double>(), 0.5 * even * 3, 1e-12);
}

TEST(FlyLoraSwitches, WhenTheBiasMoves) {
  const auto after = [](const char* moves, bool training) {
    OneSite site = flylora_switches_by_hand({{"bias_moves", moves}});
    site.forward(rows(1), {}, training);
    return doubles(site.get("gate.balance_bias"));
  };
  EXPECT_THAT(after("step", true), Each(0));
  EXPECT_THAT(after("forward", true), ElementsAre(0.25, -0.25, -0.25, 0.25));
  EXPECT_THAT(after("forward", false), Each(0));
  EXPECT_THAT(after("every_forward", false), ElementsAre(0.25, -0.25, -0.25, 0.25));
}

TEST(FlyLoraSwitches, TheLoadThatARanksIsComparedWith) {
  // 4 rows: ranks 1 and 2 are used 4 times each, the mean is 2 and k / r = 1/2; after none, both 0.
  const auto after = [](const char* expected, bool trained) {
    OneSite site = flylora_switches_by_hand({{"expected_load", expected}});
    if (trained) site.forward(rows(4), {}, /*training=*/true);
    site.adapter().after_step({});
    return doubles(site.get("gate.balance_bias"));
  };
  EXPECT_THAT(after("mean", true), ElementsAre(0.25, -0.25, -0.25, 0.25));
  EXPECT_THAT(after("fraction", true), ElementsAre(0.25, -0.25, -0.25, 0.25));
  EXPECT_THAT(after("mean", false), Each(0));
  EXPECT_THAT(after("fraction", false), Each(0.25));
  OneSite even = flylora_switches_by_hand({{"expected_load", "fraction"}, {"active", 4}});
  even.forward(rows(4), {}, /*training=*/true);
  even.adapter().after_step({});
  EXPECT_THAT(doubles(even.get("gate.balance_bias")), Each(-0.25)) << "every rank in use falls";
}

TEST(FlyLoraSwitches, NonZerosMayBeCoupledToTheActiveRanks) {
  const auto in_a_row = [](const json& options) {
    json all{{"rank", 32}, {"active", 12}};
    all.update(options);
    const Tensor a = OneSite("flylora", all, {.in = 768}).get("lora_A");
    return (a != 0).sum(1)[0].item<std::int64_t>();
  };
  EXPECT_EQ(in_a_row({{"nonzeros", "density"}}), 192);
  EXPECT_EQ(in_a_row({{"nonzeros", "layer"}}), 384) << "768 / floor(32 / 12)";
  EXPECT_EQ(in_a_row({{"nonzeros", "example"}}), 288) << "768 * 12 / 32";
  for (const char* rule : {"density", "layer", "example"}) {
    EXPECT_EQ(in_a_row({{"nonzeros", rule}, {"active", 8}}), 192) << rule;
  }
}

TEST(FlyLoraSwitches, TheGradientToTheInput) {
  for (const bool flows : {true, false}) {
    OneSite site = flylora_switches_by_hand({{"gradient_to_input", flows}});
    const Tensor x = rows(1).requires_grad_(true);
    site.forward(x).sum().backward();
    EXPECT_THAT(doubles(x.grad()), ElementsAre(flows ? -34 : 0, 0));
    EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(0, -40, 6, 0));
  }
}

Tensor initial_a(const char* init, std::int64_t in) {
  return OneSite("flylora", {{"a_init", init}}, {.in = in}).get("lora_A");
}

TEST(FlyLoraSwitches, InitialA) {
  const Tensor signs = initial_a("rademacher", 64);  // p = 16
  EXPECT_TRUE((((signs != 0).sum(1) == 16).all()).item<bool>());
  EXPECT_TRUE(torch::equal(signs.abs(), (signs != 0) * 0.25)) << "1 / sqrt(p)";
  EXPECT_NEAR((signs > 0).sum().item<double>(), 256, 57) << "half of 512, five deviations";
  // H and D are orthogonal: P H D has the norms of P, spread over all columns.
  const Tensor sparse = initial_a("gaussian", 64);
  const Tensor mixed = initial_a("fjlt", 64);
  EXPECT_LE((mixed.norm(2, 1) - sparse.norm(2, 1)).abs().max().item<double>(), 1e-12);
  EXPECT_GT((mixed != 0).to(torch::kFloat64).mean().item<double>(), 0.99);
  EXPECT_EQ(initial_a("fjlt", 48).size(1), 48) << "no power of two";
}

TEST(FlyLoraSwitches, TheHadamardProductIsTheDefinedOne) {
  // With one non-zero of size 1 a row and D's signs undone, rows of P H are rows of H / sqrt(n).
  const Tensor a =
      OneSite("flylora", {{"a_init", "fjlt"}, {"density", 1e-6}}, {.in = 4}).get("lora_A");
  EXPECT_LE((a.abs() - a.abs().select(1, 0).unsqueeze(1)).abs().max().item<double>(), 1e-15)
      << "all entries of a row are as large";
}

TEST(FlyLoraSwitches, TrainedAndTwoPhaseA) {
  EXPECT_FALSE(flylora_switches_by_hand({}).get("lora_A").requires_grad());
  EXPECT_TRUE(flylora_switches_by_hand({{"train_a", true}}).get("lora_A").requires_grad());
  OneSite site("flylora", {{"a_init", "two_phase"}, {"rank", 4}, {"active", 4}}, {.in = 8});
  site.set("lora_B", torch::ones({1, 4}, kDouble));
  site.forward(torch::ones({1, 8}, kDouble)).sum().backward();
  const Tensor a = site.get("lora_A");
  site.adapter().edit_gradients({.training = true, .step = 4, .steps = 100});
  EXPECT_TRUE(torch::equal(a.grad() != 0, a != 0)) << "zeros stay zeros";
  site.adapter().edit_gradients({.training = true, .step = 5, .steps = 100});
  EXPECT_FALSE(a.grad().defined());
  EXPECT_FALSE(a.requires_grad());
}

TEST(FlyLoraSwitches, TheReleasedReading) {
  const auto& fly = variants().find("flylora");
  const json released = fly.resolve({{"reading", "released"}}, "options");
  EXPECT_EQ(released["choice"], "signed");
  EXPECT_EQ(released["gradient_to_input"], false);
  EXPECT_EQ(released["bias_moves"], "every_forward");
  EXPECT_EQ(released["init_scale"], "paper");
  EXPECT_EQ(released["nonzeros"], "layer");
  EXPECT_EQ(fly.released.size(), 6U) << "these five and the reading itself";
}

TEST(FlyLoraSwitches, OthersHoldTheConformanceSuite) {
  const json small{{"rank", 6}, {"active", 2}};
  // Not here: a cut gradient has no finite difference, a Switch loss is one of micro-batches.
  for (json options : {json{{"choice", "signed"}, {"a_init", "fjlt"}},
                       json{{"choice", "all"}, {"train_a", true}}}) {
    options.update(small);
    conformance::run_all({.variant = "flylora", .options = options});
  }
}

TEST(FlyLoraSwitches, SayWhereAStepMayBeCut) {
  for (json options :
       {json{{"choice", "random"}}, json{{"balance", "auxiliary"}}, json{{"bias_moves", "forward"}},
        json{{"bias_moves", "every_forward"}}, json{{"balance", "none"}}, json{{"bias", "inside"}},
        json{{"expected_load", "fraction"}}, json{{"reading", "released"}}}) {
    options.update({{"rank", 6}, {"active", 2}});
    SCOPED_TRACE(options.dump());
    conformance::run("chunks", {.variant = "flylora", .options = options});
  }
}

}  // namespace
}  // namespace rankwise

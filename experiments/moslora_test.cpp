#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// A = 1, alpha / r = 3, and a mixer that is not symmetric.
OneSite moslora_by_hand(double dropout = 0) {
  OneSite site("moslora", {{"rank", 2}, {"alpha", 6}, {"dropout", dropout}}, {.in = 2, .out = 2});
  site.set("lora_A", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("lora_B", OneSite::tensor({{1, 0}, {10, 100}}));
  site.set("gate.mixer", OneSite::tensor({{0, 1}, {2, 0}}));
  return site;
}

TEST(MosLora, TheMixerStandsBetweenTheFactors) {
  OneSite site = moslora_by_hand();
  // W A x = (4, 6) for x = (3, 4); B W A x = (4, 640); alpha / r = 3.
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{3, 4}}))), ElementsAre(12, 1920));
}

TEST(MosLora, TheFactorsHoldTheMixedA) {
  OneSite site = moslora_by_hand();
  const Factors factors = *site.update().factors();
  EXPECT_THAT(doubles(factors.a), ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(doubles(factors.b), ElementsAre(1, 0, 10, 100));
  EXPECT_EQ(factors.scale, 3);
}

TEST(MosLora, TheMixerLearnsOuterProducts) {
  OneSite site = moslora_by_hand();
  site.forward(OneSite::tensor({{3, 4}})).sum().backward();
  // dL/dW = 3 (B^T 1) (A x)^T with B^T 1 = (11, 100).
  EXPECT_THAT(doubles(site.get("gate.mixer").grad()),
              ElementsAre(3 * 11 * 3, 3 * 11 * 4, 3 * 100 * 3, 3 * 100 * 4));
}

TEST(MosLora, AlphaIsTwiceTheRankUnlessSaid) {
  EXPECT_EQ(OneSite("moslora", {{"rank", 5}}, {}).update().factors()->scale, 2);
}

TEST(MosLora, DropoutActsOnTheInputOfAInTraining) {
  OneSite site = moslora_by_hand(0.5);
  const Tensor x = OneSite::tensor({{0, 1}}).repeat({64, 1});  // B W A x = (1, 10)
  const auto first = doubles(site.forward(x, {}, /*training=*/true).select(1, 0));
  EXPECT_THAT(first, AllOf(Each(AnyOf(0, 6)), Contains(0), Contains(6)));
  EXPECT_THAT(doubles(site.forward(x).select(1, 0)), Each(3));
}

TEST(MosLora, TheMixersStarts) {
  const Tensor one = torch::eye(16, torch::kFloat64);
  const auto mixer = [](const char* start) {
    return OneSite("moslora", {{"rank", 16}, {"mixer_init", start}}, {}).get("gate.mixer").detach();
  };
  EXPECT_TRUE(torch::equal(mixer("identity"), one));
  const Tensor kaiming = mixer("kaiming");
  EXPECT_LE(kaiming.abs().max().item<double>(), 0.25);  // 1 / sqrt(16)
  EXPECT_GT(kaiming.abs().max().item<double>(), 0.24);
  EXPECT_LT(kaiming.min().item<double>(), -0.2);
  const Tensor orthogonal = mixer("orthogonal");
  EXPECT_LE((orthogonal.mm(orthogonal.t()) - one).abs().max().item<double>(), 1e-13);
  EXPECT_GT((orthogonal - one).abs().max().item<double>(), 0.1) << "not merely the identity";
  EXPECT_TRUE(torch::equal(mixer("orthogonal"), orthogonal));
}

TEST(MosLora, ARowUsesThePairAndTheMixer) {
  OneSite site("moslora", {{"rank", 3}}, {.in = 6, .out = 5});
  EXPECT_EQ(site.update().active_parameters(), 3 * 6 + 3 * 5 + 3 * 3);
}

TEST(MosLora, IsLoraWhoseAIsMixed) {
  OneSite mos("moslora", {{"rank", 4}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  mos.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", mos.get("gate.mixer").mm(mos.get("lora_A")));
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_LE((mos.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

TEST(MosLora, RefusesWhatItsRulesSay) {
  for (const char* name : {"rank", "alpha"}) {
    EXPECT_THAT(error_of([&] {
                  OneSite("moslora", {{name, 0}}, {});
                }),
                HasSubstr(std::string("options.") + name));
  }
  EXPECT_THAT(error_of([] {
                OneSite("moslora", {{"dropout", 1}}, {});
              }),
              HasSubstr("options.dropout"));
  EXPECT_THAT(error_of([] {
                OneSite("moslora", {{"mixer_init", "zero"}}, {});
              }),
              HasSubstr("options.mixer_init"));
}

TEST(MosLora, HoldsTheConformanceSuite) {
  conformance::run_all(
      {.variant = "moslora", .options = {{"rank", 4}, {"mixer_init", "orthogonal"}}});
}

}  // namespace
}  // namespace rankwise

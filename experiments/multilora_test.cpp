#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Two LoRAs of rank one, alpha / r = 3. For x = (3, 4) they give (3, 6) and (40, 80).
OneSite multilora_by_hand(double dropout = 0) {
  OneSite site("multilora", {{"rank", 1}, {"parallel", 2}, {"alpha", 3}, {"dropout", dropout}},
               {.in = 2, .out = 2});
  site.set("lora_A", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("lora_B", OneSite::tensor({{1, 10}, {2, 20}}));
  return site;
}

const Tensor& multilora_one_row() {
  static const Tensor row = OneSite::tensor({{3, 4}});
  return row;
}

TEST(MultiLora, EachLoraHasAScaleForEveryOutput) {
  OneSite site = multilora_by_hand();
  site.set("gate.scale", OneSite::tensor({{1, 0.5}, {0.25, 2}}));
  // (3, 6) by (1, .5) and (40, 80) by (.25, 2).
  EXPECT_THAT(doubles(site.forward(multilora_one_row())), ElementsAre(3 * (3 + 10), 3 * (3 + 160)));
  EXPECT_THAT(doubles(site.update().factors()->b), ElementsAre(1, 2.5, 1, 40));
}

TEST(MultiLora, NeighbouringRanksBelongToOneLora) {
  OneSite site("multilora", {{"rank", 2}, {"parallel", 2}, {"alpha", 2}}, {});
  site.set("lora_A", OneSite::tensor({{1, 0}, {2, 0}, {3, 0}, {4, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  site.set("gate.scale", OneSite::tensor({{1}, {10}}));
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{1, 0}}))), ElementsAre(1 + 2 + 30 + 40));
  EXPECT_THAT(doubles(site.update().evaluation_usage()->count()), ElementsAre(1, 1, 1, 1));
}

TEST(MultiLora, StartsWithZeroScalesAndUniformFactors) {
  const OneSite site("multilora", {{"rank", 16}, {"parallel", 4}}, {.in = 64, .out = 32});
  EXPECT_THAT(doubles(site.get("gate.scale")), AllOf(Each(0), ::testing::SizeIs(4 * 32)));
  const double a = site.get("lora_A").abs().max().item<double>();
  const double b = site.get("lora_B").abs().max().item<double>();
  EXPECT_LE(a, 0.125);  // 1 / sqrt(64)
  EXPECT_GT(a, 0.124);
  EXPECT_LE(b, 0.25);  // 1 / sqrt(16): the inputs of one B_i
  EXPECT_GT(b, 0.249);
}

TEST(MultiLora, AtTheStartOnlyTheScalesLearn) {
  OneSite site = multilora_by_hand();
  site.forward(multilora_one_row()).sum().backward();
  EXPECT_THAT(doubles(site.get("gate.scale").grad()), ElementsAre(9, 18, 120, 240));
  EXPECT_THAT(doubles(site.get("lora_A").grad()), Each(0));
  EXPECT_THAT(doubles(site.get("lora_B").grad()), Each(0));
}

// The conformance suite compares slopes at the start, where those of A and B are zero.
TEST(MultiLora, AwayFromTheStartTheFactorsLearn) {
  OneSite site = multilora_by_hand();
  site.set("gate.scale", OneSite::tensor({{1, 0.5}, {0.25, 2}}));
  site.forward(multilora_one_row()).sum().backward();
  // 3 s_io (A x)_i, an output a row; 3 sum_o s_io b_oi x, a LoRA a row.
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(9, 3, 4.5, 24));
  EXPECT_THAT(doubles(site.get("lora_A").grad()),
              ElementsAre(3 * 2 * 3, 3 * 2 * 4, 3 * 42.5 * 3, 3 * 42.5 * 4));
}

TEST(MultiLora, DropoutActsOnTheInputOfAInTraining) {
  OneSite site = multilora_by_hand(0.5);
  site.set("gate.scale", OneSite::tensor({{1, 1}, {1, 1}}));
  const Tensor x = OneSite::tensor({{1, 0}}).repeat({64, 1});
  const auto first = doubles(site.forward(x, {}, /*training=*/true).select(1, 0));
  EXPECT_THAT(first, AllOf(Each(AnyOf(0, 6)), Contains(0), Contains(6)));
  EXPECT_THAT(doubles(site.forward(x).select(1, 0)), Each(3));
}

TEST(MultiLora, AlphaIsTwiceTheRankUnlessSaid) {
  EXPECT_EQ(OneSite("multilora", {{"rank", 5}}, {}).update().factors()->scale, 2);
}

TEST(MultiLora, ARowUsesEveryLoraAndItsScales) {
  OneSite site("multilora", {{"rank", 2}, {"parallel", 3}}, {.in = 6, .out = 5});
  EXPECT_EQ(site.update().active_parameters(), 6 * 6 + 6 * 5 + 3 * 5);
}

TEST(MultiLora, WithOneLoraIsLoraWhoseBIsScaled) {
  OneSite multi("multilora", {{"rank", 4}, {"parallel", 1}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  multi.set("gate.scale", OneSite::tensor({{0.5, -3}}));
  lora.set("lora_A", multi.get("lora_A"));
  lora.set("lora_B", OneSite::tensor({{0.5}, {-3}}) * multi.get("lora_B"));
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_LE((multi.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

TEST(MultiLora, RefusesSizesBelowOne) {
  for (const char* name : {"rank", "parallel", "alpha"}) {
    EXPECT_THAT(error_of([&] {
                  OneSite("multilora", {{name, 0}}, {});
                }),
                HasSubstr(std::string("options.") + name));
  }
  EXPECT_THAT(error_of([] {
                OneSite("multilora", {{"dropout", 1}}, {});
              }),
              HasSubstr("options.dropout"));
}

TEST(MultiLora, HoldsTheConformanceSuite) {
  conformance::run_all({.variant = "multilora", .options = {{"rank", 3}, {"parallel", 1}}});
}

}  // namespace
}  // namespace rankwise

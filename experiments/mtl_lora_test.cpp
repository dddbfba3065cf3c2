#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using fixtures::rows;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

const double kLogThree = std::log(3.0);

// Two ranks, two heads, two tasks, alpha / r = 2, tau = .5. For x = (1, 0): A x = (1, 10); heads
// are (1, 1) and (100, 1000). Task 0 has shares (.75, .25), task 1 even ones.
OneSite mtl_lora_by_hand(const json& options = json::object()) {
  json all{{"rank", 2}, {"heads", 2}, {"alpha", 4}, {"temperature", 0.5}};
  all.update(options);
  OneSite site("mtl_lora", all, {.tasks = 2});
  site.set("gate.head_weight", OneSite::tensor({{kLogThree / 2, 0}, {0, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 100, 1000}}));
  return site;
}

// Not symmetric for task 0, the identity for task 1.
void set_full_matrices(OneSite& site) {
  site.set("gate.task_matrix",
           torch::stack({OneSite::tensor({{0, 1}, {2, 0}}), OneSite::tensor({{1, 0}, {0, 1}})}));
}

TEST(MtlLora, ATaskTransformsTheRanksAndAveragesTheHeads) {
  OneSite site = mtl_lora_by_hand();
  set_full_matrices(site);
  // Task 0: Lambda z = (10, 2), heads 12 and 3000. Task 1: z = (1, 10), heads 11 and 10100.
  const double first = 2 * (0.75 * 12 + 0.25 * 3000);
  const double second = 2 * (0.5 * 11 + 0.5 * 10100);
  EXPECT_THAT(
      doubles(site.forward(rows(3), {0, 1, 0})),
      ElementsAre(DoubleNear(first, 1e-9), DoubleNear(second, 1e-9), DoubleNear(first, 1e-9)));
}

TEST(MtlLora, EveryRankIsUsedAtItsHeadsShareInTheTask) {
  OneSite site = mtl_lora_by_hand();
  site.forward(rows(3), {0, 1, 1});
  const RankUsage& usage = *site.update().evaluation_usage();
  EXPECT_THAT(doubles(usage.count()), ElementsAre(1, 1, 1, 1, 2, 2, 2, 2));
  EXPECT_THAT(doubles(usage.gate_mass().select(1, 0)), ElementsAre(DoubleNear(0.75, 1e-15), 1));
  EXPECT_THAT(doubles(usage.gate_mass().select(1, 3)), ElementsAre(DoubleNear(0.25, 1e-15), 1));
}

TEST(MtlLora, TheTemperatureSharpensTheAverage) {
  OneSite site = mtl_lora_by_hand({{"temperature", 1}});
  const double share = std::sqrt(3.0) / (1 + std::sqrt(3.0));  // softmax(ln 3 / 2, 0)
  EXPECT_NEAR(site.forward(rows(1)).item<double>(), 2 * (share * 11 + (1 - share) * 10100), 1e-9);
}

TEST(MtlLora, TheTaskMatrixMayBeDiagonal) {
  OneSite site = mtl_lora_by_hand({{"task_matrix", "diagonal"}});
  site.set("gate.task_matrix", OneSite::tensor({{2, 3}, {1, 1}}));
  // Task 0: Lambda z = (2, 30).
  EXPECT_THAT(doubles(site.forward(rows(2), {0, 1})),
              ElementsAre(DoubleNear(2 * (0.75 * 32 + 0.25 * 30200), 1e-9),
                          DoubleNear(2 * (0.5 * 11 + 0.5 * 10100), 1e-9)));
}

TEST(MtlLora, TheTaskMatricesStartAsTheIdentity) {
  const OneSite full("mtl_lora", {{"rank", 3}}, {.tasks = 2});
  EXPECT_TRUE(
      torch::equal(full.get("gate.task_matrix"), torch::eye(3, torch::kFloat64).expand({2, 3, 3})));
  const OneSite diagonal("mtl_lora", {{"rank", 3}, {"task_matrix", "diagonal"}}, {.tasks = 2});
  EXPECT_THAT(doubles(diagonal.get("gate.task_matrix")), ElementsAre(1, 1, 1, 1, 1, 1));
}

TEST(MtlLora, HeadWeightsStartUniformAndBAtZero) {
  const OneSite site("mtl_lora", {{"heads", 16}}, {.in = 16, .out = 8, .tasks = 20});
  for (const char* name : {"lora_A", "gate.head_weight"}) {
    const double largest = site.get(name).abs().max().item<double>();
    EXPECT_LE(largest, 0.25) << name;  // 1 / sqrt(16)
    EXPECT_GT(largest, 0.23) << name;
  }
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
}

TEST(MtlLora, ARowTeachesItsOwnTaskOnly) {
  OneSite site = mtl_lora_by_hand();
  site.forward(rows(1), {1}).sum().backward();
  // 2 / tau * p_1 p_2 (11 - 10100), and 2 (B^1 + B^2)^T / 2 z^T.
  const double slope = 2 / 0.5 * 0.25 * (11 - 10100);
  EXPECT_THAT(doubles(site.get("gate.head_weight").grad()),
              ElementsAre(0, 0, DoubleNear(slope, 1e-9), DoubleNear(-slope, 1e-9)));
  EXPECT_THAT(doubles(site.get("gate.task_matrix").grad()),
              ElementsAre(0, 0, 0, 0, 101, 1010, 1001, 10010));
}

TEST(MtlLora, DropoutActsOnTheInputOfAInTraining) {
  OneSite site = mtl_lora_by_hand({{"dropout", 0.5}});
  const double plain = 2 * (0.75 * 11 + 0.25 * 10100);
  const auto outputs = doubles(site.forward(rows(64), {}, /*training=*/true));
  EXPECT_THAT(outputs, AllOf(Each(AnyOf(0, DoubleNear(2 * plain, 1e-9))), Contains(0),
                             Contains(DoubleNear(2 * plain, 1e-9))));
  EXPECT_THAT(doubles(site.forward(rows(64))), Each(DoubleNear(plain, 1e-9)));
}

TEST(MtlLora, AlphaIsTwiceTheRankUnlessSaid) {
  EXPECT_EQ(OneSite("mtl_lora", {{"rank", 5}}, {}).update().factors()->scale, 2);
}

TEST(MtlLora, ARowUsesTheMatrixAndWeightsOfItsTask) {
  const OneSite::Shape shape{.in = 6, .out = 5, .tasks = 4};
  OneSite full("mtl_lora", {{"rank", 2}, {"heads", 3}}, shape);
  EXPECT_EQ(full.update().active_parameters(), 2 * 6 + 6 * 5 + 2 * 2 + 3);
  OneSite diagonal("mtl_lora", {{"rank", 2}, {"heads", 3}, {"task_matrix", "diagonal"}}, shape);
  EXPECT_EQ(diagonal.update().active_parameters(), 2 * 6 + 6 * 5 + 2 + 3);
}

TEST(MtlLora, WithOneHeadAndTheIdentityIsLora) {
  OneSite mtl("mtl_lora", {{"rank", 4}, {"heads", 1}}, {.in = 3, .out = 2, .tasks = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2, .tasks = 2});
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  mtl.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", mtl.get("lora_A"));
  const Tensor x = torch::randn({3, 3}, torch::kFloat64);
  EXPECT_LE((mtl.forward(x, {0, 1, 1}) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

TEST(MtlLora, RefusesWhatItsRulesSay) {
  for (const char* name : {"rank", "heads", "alpha", "temperature"}) {
    EXPECT_THAT(error_of([&] {
                  OneSite("mtl_lora", {{name, 0}}, {});
                }),
                HasSubstr(std::string("options.") + name));
  }
  EXPECT_THAT(error_of([] {
                OneSite("mtl_lora", {{"dropout", 1}}, {});
              }),
              HasSubstr("options.dropout"));
  EXPECT_THAT(error_of([] {
                OneSite("mtl_lora", {{"task_matrix", "dense"}}, {});
              }),
              HasSubstr("options.task_matrix"));
}

TEST(MtlLora, HoldsTheConformanceSuite) {
  conformance::run_all(
      {.variant = "mtl_lora", .options = {{"rank", 3}, {"heads", 1}, {"task_matrix", "diagonal"}}});
}

}  // namespace
}  // namespace rankwise

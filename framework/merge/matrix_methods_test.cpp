// Merge rules on 1 x 4 matrices that a reader can merge by hand.

#include "framework/data/doubles.h"
#include "framework/merge/merge_method.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>
#include <torch/types.h>

namespace rankwise {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;
using torch::Tensor;

Tensor row(const std::vector<double>& values) {
  return torch::tensor(values, kDouble).unsqueeze(0);
}

const std::vector<Matrices> kTwo{{row({4, -3, 1, 0.5})}, {row({2, 5, -1.5, 0.1})}};

TEST(MergeRules, AverageAndSum) {
  EXPECT_THAT(doubles(average_matrices(kTwo)[0]), ElementsAre(3, 1, -0.25, 0.3));
  EXPECT_THAT(doubles(add_matrices(kTwo, 2)[0]), ElementsAre(12, 4, -1, 1.2));
}

TEST(MergeRules, TiesTrimsElectsAndAveragesWhatAgrees) {
  // Half of four entries stays: (4, -3, 0, 0) and (2, 5, 0, 0), -1.5 being third. Signs of the sums
  // (6, 2): only 5 agrees in the second place.
  EXPECT_THAT(doubles(ties_matrices(kTwo, 0.5, 1)[0]), ElementsAre(3, 5, 0, 0));
  // All stay: sums 6, 2, -.5, .6.
  EXPECT_THAT(doubles(ties_matrices(kTwo, 1, 2)[0]), ElementsAre(6, 10, -3, 0.6));
}

TEST(MergeRules, TiesTrimsOverAllSitesOfAModel) {
  const std::vector<Matrices> one{{row({4, 3}), row({1, 2})}};
  const Matrices merged = ties_matrices(one, 0.5, 1);
  EXPECT_THAT(doubles(merged[0]), ElementsAre(4, 3));
  EXPECT_THAT(doubles(merged[1]), ElementsAre(0, 0));
}

TEST(MergeRules, DareKeepsTheMean) {
  const std::vector<Matrices> ones{{torch::ones({100, 100}, kDouble)}};
  const Tensor merged = dare_matrices(ones, 0.9, Seed(1))[0];
  // Kept entries are 10 each; 10,000 draws: five times sqrt(.9 * .1 / 10000) * 10.
  EXPECT_NEAR(merged.mean().item<double>(), 1, 0.15);
  EXPECT_NEAR((merged != 0).to(torch::kFloat64).mean().item<double>(), 0.1, 0.015);
  EXPECT_THAT(doubles(dare_matrices(kTwo, 0, Seed(1))[0]), ElementsAre(3, 1, -0.25, 0.3));
}

TEST(MergeRules, KnotsIsTiesInTheCommonBasis) {
  const Tensor a = row({3, 0, 0, 0});
  const Tensor b = row({0, 4, 0, 0});
  // [a b] has one singular value, 5, with V_1 = (3, 0, 0, 0) / 5 and V_2 = (0, 4, 0, 0) / 5:
  // nothing disagrees, so each entry is its one model's.
  const Tensor merged = knots_matrices({{a}, {b}}, 1, 1)[0];
  EXPECT_THAT(doubles(merged), Pointwise(DoubleNear(1e-12), {3.0, 4.0, 0.0, 0.0}));
  EXPECT_THAT(doubles(knots_matrices({{a}}, 1, 1)[0]),
              Pointwise(DoubleNear(1e-12), {3.0, 0.0, 0.0, 0.0}));
}

TEST(MergeRules, AreLookedUpByName) {
  EXPECT_THAT(merge_methods().names(), ElementsAre("average", "dare", "factors", "knots", "outputs",
                                                   "task_arithmetic", "ties"));
  EXPECT_EQ(merge_methods().find("ties").resolve({{"density", 0.5}}, "x"),
            (nlohmann::json{{"density", 0.5}, {"lambda", 1.0}}));
}

}  // namespace
}  // namespace rankwise

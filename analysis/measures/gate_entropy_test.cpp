#include "analysis/measures/gate_entropy.h"

#include "analysis/runs/test_runs.h"
#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

/// A site of three ranks that two tasks choose from with these probabilities.
test::RunSpec selecting(std::vector<double> probability) {
  test::RunSpec spec{.layout = test::small_layout()};
  spec.layout.sites = {{.name = "a", .in = 2, .out = 2, .ranks = 3, .selection = true}};
  SiteUsage usage = test::prefix_usage({1, 3});
  usage.probability = std::move(probability);
  spec.usage = {usage};
  return spec;
}

TEST(GateEntropy, IsOneOfAUniformGateAndZeroOfACertainOne) {
  const auto folder = test_folder();
  const double third = 1.0 / 3;
  test::write_run(folder, "a",
                  selecting({1, 0, 0, third, third, third}));  // one possible rank, and three
  const RunGroup group = load_runs({folder}).groups.front();
  const auto gate = gate_entropy(group.runs.front().file());
  ASSERT_TRUE(gate);
  EXPECT_NEAR(gate->entropy, 0.5, 1e-12);  // the mean of 0 and 1
  EXPECT_NEAR(gate->probability, (1 + third) / 2, 1e-12);
  EXPECT_NEAR(gate->uniform, (1 + third) / 2, 1e-12);
  EXPECT_EQ(gate_note(group),
            "; gate entropy 0.50 of a uniform gate's, chosen rank at probability 0.67 (uniform "
            "0.667)");
}

TEST(GateEntropy, IsNotKnownOfASelectorWithoutProbabilities) {
  const auto folder = test_folder();
  test::write_run(folder, "a",
                  selecting(std::vector<double>(6, std::numeric_limits<double>::quiet_NaN())));
  const RunGroup group = load_runs({folder}).groups.front();
  EXPECT_FALSE(gate_entropy(group.runs.front().file()));
  EXPECT_EQ(gate_note(group), "");
}

}  // namespace
}  // namespace rankwise::analysis

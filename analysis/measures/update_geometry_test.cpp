#include "analysis/measures/update_geometry.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::MatrixXd;

/// Factors of a site of 4 -> 4. Planted inputs are the axes 1 and 2, outputs the axes 2 and 3.
FactorRecord factors(const std::string& site, std::vector<float> a, std::vector<float> b) {
  return {.site = site, .ranks = 3, .in = 4, .out = 4, .a = std::move(a), .b = std::move(b)};
}

const std::vector<float> kFirstThreeRows = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};     // [3, 4]
const std::vector<float> kSecondColumnTwice = {0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0};  // [4, 3]

RunFile write(const test::RunSpec& spec) {
  return RunFile(test::write_run(test_folder(), "a", spec));
}

TEST(SubspaceRecovery, IsTheShareOfThePlantedDirections) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  spec.final_record.factors = {factors("low", kFirstThreeRows, kSecondColumnTwice)};
  const SubspaceRecovery recovery = subspace_recovery(write(spec));
  EXPECT_NEAR(recovery.right.value(), 1, 1e-6);   // axes 1, 2 are among 1, 2, 3
  EXPECT_NEAR(recovery.left.value(), 0.5, 1e-6);  // axis 2 of axes 2, 3
}

TEST(SubspaceRecovery, AveragesOverSites) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  // At "high" A holds axis 3 and one halfway between axes 1 and 4.
  spec.final_record.factors = {
      factors("low", kFirstThreeRows, kSecondColumnTwice),
      factors("high", {0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0}, std::vector<float>(12, 0))};
  const SubspaceRecovery recovery = subspace_recovery(write(spec));
  EXPECT_NEAR(recovery.right.value(), (1 + 0.25) / 2, 1e-6);
  EXPECT_NEAR(recovery.left.value(), (0.5 + 0) / 2, 1e-6);
}

TEST(SubspaceRecovery, IsAbsentWithoutTruthOrFactorsOrWhereEverythingIsSpanned) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
  EXPECT_FALSE(subspace_recovery(write(spec)).right.has_value());
  spec.final_record.factors = {FactorRecord{.site = "low",
                                            .ranks = 4,
                                            .in = 4,
                                            .out = 4,
                                            .a = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                                            .b = std::vector<float>(16, 1)}};
  const SubspaceRecovery recovery = subspace_recovery(write(spec));
  EXPECT_FALSE(recovery.right.has_value());
  EXPECT_TRUE(recovery.left.has_value());
  spec.layout.truth.reset();
  EXPECT_FALSE(subspace_recovery(write(spec)).left.has_value());
}

TEST(UpdateCosines, AreThoseOfTheFullMatrices) {
  MatrixXd a(3, 2), b(2, 3), gates(3, 3);
  a << 1, 2, 0, 1, 3, -1;
  b << 1, 0, 2, -1, 1, 1;
  gates << 1, 0, 0, 0.5, 0.5, 0, 2, 1, 0.25;
  const MatrixXd cosines = update_cosines(a, b, gates);
  for (Eigen::Index s = 0; s < 3; ++s) {
    for (Eigen::Index t = 0; t < 3; ++t) {
      const MatrixXd one = b * gates.row(s).asDiagonal() * a;
      const MatrixXd other = b * gates.row(t).asDiagonal() * a;
      const double expected = one.cwiseProduct(other).sum() / (one.norm() * other.norm());
      EXPECT_NEAR(cosines(s, t), expected, 1e-12);
    }
  }
}

TEST(UpdateCosines, AreNotDefinedForAnUpdateOfZero) {
  const MatrixXd cosines = update_cosines(MatrixXd::Identity(2, 2), MatrixXd::Identity(2, 2),
                                          MatrixXd::Identity(2, 2) * 0);
  EXPECT_TRUE(std::isnan(cosines(0, 1)));
}

TEST(MeanUpdateCosine, AveragesOverPairsOfTasks) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 1, 2});
  // Three orthogonal ranks of length 1: prefixes of 1 and 2 have the cosine 1 / sqrt(2).
  spec.final_record.factors = {
      factors("low", kFirstThreeRows, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0})};
  // Of six pairs two are equal and four differ.
  EXPECT_NEAR(mean_update_cosine(write(spec)).value(), (2 + 4 / std::sqrt(2.0)) / 6, 1e-6);
}

TEST(MeanUpdateCosine, IsAbsentWhereTasksHaveNoUpdatesOfTheirOwn) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 1, 2});
  spec.final_record.factors = {factors("low", kFirstThreeRows, std::vector<float>(12, 0))};
  EXPECT_FALSE(mean_update_cosine(write(spec)).has_value());  // B = 0
  spec.final_record.factors.clear();
  EXPECT_FALSE(mean_update_cosine(write(spec)).has_value());
}

}  // namespace
}  // namespace rankwise::analysis

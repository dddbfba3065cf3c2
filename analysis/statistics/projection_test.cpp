#include "analysis/statistics/projection.h"

#include "analysis/statistics/silhouette.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

/// Two round clouds of `half` points each, 100 apart; a spiral instead of a random generator.
Eigen::MatrixXd two_clouds(Eigen::Index half) {
  Eigen::MatrixXd points(2 * half, 3);
  for (Eigen::Index i = 0; i < 2 * half; ++i) {
    const double angle = 2.4 * static_cast<double>(i),
                 radius = std::sqrt(static_cast<double>(i % half));
    points.row(i) << radius * std::cos(angle), radius * std::sin(angle), i < half ? 0 : 100;
  }
  return points;
}

TEST(Pca, ALineHasOneComponent) {
  Eigen::MatrixXd points(3, 2);
  points << 0, 0, -3, -4, 3, 4;  // along (3, 4) / 5
  const Pca result = pca(points, 2);
  EXPECT_NEAR(result.explained(0), 1, 1e-12);
  EXPECT_NEAR(result.explained(1), 0, 1e-12);
  EXPECT_NEAR(result.scores(0, 0), 0, 1e-12);
  EXPECT_NEAR(result.scores(1, 0), -5, 1e-12);
  EXPECT_NEAR(result.scores(2, 0), 5, 1e-12);
}

TEST(Pca, TheLargestLoadingIsPositive) {
  Eigen::MatrixXd points(2, 2);
  points << 1, -10, -1, 10;  // the second coordinate decides: its side is positive
  EXPECT_GT(pca(points, 1).scores(1, 0), 0);
}

TEST(Pca, IdenticalPointsStayAtTheOrigin) {
  const Pca result = pca(Eigen::MatrixXd::Constant(3, 4, 7.0), 2);
  EXPECT_EQ(result.scores.cwiseAbs().maxCoeff(), 0);
  EXPECT_EQ(result.explained(0), 0);
}

TEST(Tsne, JointProbabilitiesAreSymmetricSumToOneAndFavourNeighbours) {
  const Eigen::MatrixXd joint = joint_probabilities(two_clouds(10), 5);
  EXPECT_NEAR(joint.sum(), 1, 1e-12);
  EXPECT_NEAR((joint - joint.transpose()).cwiseAbs().maxCoeff(), 0, 1e-15);
  EXPECT_EQ(joint.diagonal().cwiseAbs().maxCoeff(), 0);
  EXPECT_LT(joint.topRightCorner(10, 10).sum(), 1e-6);
}

TEST(Tsne, EquallyFarPointsAreEquallyProbable) {
  const Eigen::MatrixXd joint = joint_probabilities(Eigen::MatrixXd::Identity(4, 4), 3 - 1e-6);
  EXPECT_NEAR(joint(0, 1), 1.0 / 12, 1e-9);
}

TEST(Tsne, SeparatesTwoClouds) {
  const Tsne result = tsne(two_clouds(15), {.perplexity = 5});
  const Eigen::MatrixXd a = result.embedding.topRows(15), b = result.embedding.bottomRows(15);
  const auto middle_a = a.colwise().mean().eval(), middle_b = b.colwise().mean().eval();
  const double radius = std::max((a.rowwise() - middle_a).rowwise().norm().maxCoeff(),
                                 (b.rowwise() - middle_b).rowwise().norm().maxCoeff());
  EXPECT_GT((middle_a - middle_b).norm(), 2 * radius);
}

TEST(Tsne, LowersTheDivergence) {
  const double before = tsne(two_clouds(15), {.perplexity = 5, .steps = 0}).kl_divergence;
  const double after = tsne(two_clouds(15), {.perplexity = 5}).kl_divergence;
  EXPECT_LT(after, before / 4) << before;
}

TEST(Tsne, TheSamePointsGiveTheSameBits) {
  EXPECT_EQ(tsne(two_clouds(8), {.perplexity = 4}).embedding,
            tsne(two_clouds(8), {.perplexity = 4}).embedding);
}

TEST(Tsne, RefusesAPerplexityThatPointsCanNotReach) {
  EXPECT_THROW(tsne(two_clouds(4), {.perplexity = 8}), Error);
}

/// What scikit-learn computes from the same points; made by tests/reference.
const nlohmann::json& projection_reference() {
  static const nlohmann::json json =
      read_json(RANKWISE_SOURCE_DIR "/tests/fixtures/projection.json");
  return json;
}

Eigen::MatrixXd matrix(const nlohmann::json& rows) {
  Eigen::MatrixXd result(rows.size(), rows[0].size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      result(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = rows[r][c];
    }
  }
  return result;
}

double distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

TEST(Reference, PcaIsThatOfScikitLearn) {
  const Pca result = pca(matrix(projection_reference()["points"]), 2);
  const nlohmann::json& expected = projection_reference()["pca"];
  EXPECT_LT(distance(result.scores, matrix(expected["scores"])), 1e-10);
  EXPECT_NEAR(result.explained(1), expected["explained_variance_ratio"][1].get<double>(), 1e-12);
}

TEST(Reference, SilhouetteIsThatOfScikitLearn) {
  const auto labels = projection_reference()["labels"].get<std::vector<int>>();
  EXPECT_NEAR(
      silhouette(matrix(projection_reference()["points"]), labels, Distance::kEuclidean).value(),
      projection_reference()["silhouette"].get<double>(), 1e-10);
}

TEST(Reference, JointProbabilitiesAreThoseOfScikitLearn) {
  const nlohmann::json& expected = projection_reference()["tsne"];
  const Eigen::MatrixXd joint =
      joint_probabilities(matrix(projection_reference()["points"]), expected["perplexity"]);
  // Both stop their search at an entropy within 1e-5 nats, and scikit-learn's distances are float.
  EXPECT_LT(distance(joint, matrix(expected["joint"])), 1e-6);
}

TEST(Reference, TsneEndsAsLowAsScikitLearnDoes) {
  const nlohmann::json& expected = projection_reference()["tsne"];
  const Tsne result =
      tsne(matrix(projection_reference()["points"]), {.perplexity = expected["perplexity"]});
  // Its runs end in several minima; ours must not be worse than the worst of them.
  const auto ends = expected["kl_divergences"].get<std::vector<double>>();
  EXPECT_LE(result.kl_divergence, *std::max_element(ends.begin(), ends.end()));
  EXPECT_GT(result.kl_divergence, 0);
}

}  // namespace
}  // namespace rankwise::analysis

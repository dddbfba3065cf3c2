#include "analysis/statistics/projection.h"

#include "analysis/statistics/ordering.h"
#include "framework/core/error.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kTiny = std::numeric_limits<double>::epsilon();

MatrixXd squared_distances(const MatrixXd& points) {
  const VectorXd lengths = points.rowwise().squaredNorm();
  MatrixXd distances = -2 * points * points.transpose();
  distances.colwise() += lengths;
  distances.rowwise() += lengths.transpose();
  distances.diagonal().setZero();
  return distances.cwiseMax(0);
}

/// Neighbour probabilities of one point at a precision; `entropy` in nats.
VectorXd neighbours(const VectorXd& distances, Index self, double precision, double& entropy) {
  // The nearest distance is taken off every exponent: it cancels, and nothing underflows.
  double nearest = std::numeric_limits<double>::infinity();
  for (Index j = 0; j < distances.size(); ++j) {
    if (j != self) nearest = std::min(nearest, distances(j));
  }
  VectorXd weights = (-(distances.array() - nearest) * precision).exp();
  weights(self) = 0;
  const double sum = weights.sum();
  entropy =
      std::log(sum) + precision * ((distances.array() - nearest) * weights.array()).sum() / sum;
  return weights / sum;
}

/// Searches the precision at which a point's entropy is log(perplexity).
VectorXd calibrated_neighbours(const VectorXd& distances, Index self, double perplexity) {
  const double target = std::log(perplexity);
  double low = 0, high = std::numeric_limits<double>::infinity(), precision = 1;
  VectorXd probabilities;
  for (int step = 0; step < 200; ++step) {
    double entropy = 0;
    probabilities = neighbours(distances, self, precision, entropy);
    if (std::abs(entropy - target) < 1e-5) break;
    (entropy > target ? low : high) = precision;
    precision = std::isinf(high) ? 2 * precision : (low + high) / 2;
  }
  return probabilities;
}

/// 1 / (1 + squared distance), zero diagonal: Student's t with one degree of freedom.
MatrixXd student_weights(const MatrixXd& embedding) {
  MatrixXd weights = (1 + squared_distances(embedding).array()).inverse();
  weights.diagonal().setZero();
  return weights;
}

MatrixXd gradient(const MatrixXd& joint, const MatrixXd& embedding) {
  const MatrixXd weights = student_weights(embedding);
  const MatrixXd force = (joint - weights / weights.sum()).cwiseProduct(weights);
  const VectorXd total = force.rowwise().sum();
  return 4 * (total.asDiagonal() * embedding - force * embedding);
}

double kl_divergence(const MatrixXd& joint, const MatrixXd& embedding) {
  const MatrixXd weights = student_weights(embedding);
  const Eigen::ArrayXXd p = joint.array().max(kTiny);
  const Eigen::ArrayXXd q = (weights.array() / weights.sum()).max(kTiny);
  return (joint.array() * (p / q).log()).sum();
}

/// Gradient descent with momentum and a gain for each coordinate (Jacobs 1988).
struct Descent {
  double learning_rate;
  MatrixXd update, gains;

  Descent(Index rows, Index columns, double rate)
      : learning_rate(rate),
        update(MatrixXd::Zero(rows, columns)),
        gains(MatrixXd::Ones(rows, columns)) {}

  void step(MatrixXd& embedding, const MatrixXd& slope, double momentum) {
    const auto same_way = update.array() * slope.array() < 0;
    gains = same_way.select(gains.array() + 0.2, gains.array() * 0.8).max(0.01).matrix().eval();
    update = momentum * update - learning_rate * gains.cwiseProduct(slope);
    embedding += update;
  }
};

/// A component's variance over the first one's below which it is what rounding left.
constexpr double kNoVariance = 1e-12;

/// Axes [D, m] of centred points [n, D] with their sums of squares [m], rising; m = min(n, D).
struct PrincipalAxes {
  MatrixXd vectors;
  VectorXd squares;
};

/// From the smaller of the two matrices of inner products.
PrincipalAxes principal_axes(const MatrixXd& centred) {
  const bool wide = centred.cols() > centred.rows();
  const MatrixXd products =
      wide ? MatrixXd(centred * centred.transpose()) : MatrixXd(centred.transpose() * centred);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(products);
  const VectorXd squares = solver.eigenvalues().cwiseMax(0);
  if (!wide) return {solver.eigenvectors(), squares};
  return {centred.transpose() * solver.eigenvectors(), squares};
}

}  // namespace

Pca pca(const MatrixXd& points, Index components) {
  const MatrixXd centred = points.rowwise() - points.colwise().mean();
  const PrincipalAxes axes = principal_axes(centred);
  Pca result{MatrixXd::Zero(points.rows(), components), VectorXd::Zero(components)};
  const double variance = axes.squares.sum();
  if (variance == 0) return result;
  const Index count = axes.squares.size();
  for (Index c = 0; c < std::min(components, count); ++c) {
    const Index at = count - 1 - c;  // eigenvalues rise
    if (axes.squares(at) < kNoVariance * axes.squares(count - 1)) continue;
    const VectorXd axis = axes.vectors.col(at).normalized();
    const Index largest = first_least(-axis.cwiseAbs(), kAlike);
    const double sign = axis(largest) < 0 ? -1 : 1;
    result.scores.col(c) = sign * (centred * axis);
    result.explained(c) = axes.squares(at) / variance;
  }
  return result;
}

MatrixXd joint_probabilities(const MatrixXd& points, double perplexity) {
  const Index n = points.rows();
  const MatrixXd distances = squared_distances(points);
  MatrixXd conditional(n, n);
  for (Index i = 0; i < n; ++i) {
    conditional.row(i) = calibrated_neighbours(distances.col(i), i, perplexity).transpose();
  }
  return (conditional + conditional.transpose()) / (2.0 * static_cast<double>(n));
}

double suggested_perplexity(Index points) {
  return std::min(30.0, static_cast<double>(points - 1) / 3);
}

Tsne tsne(const MatrixXd& points, const TsneOptions& options) {
  const Index n = points.rows();
  check(n >= 4 && options.perplexity > 1 && options.perplexity < static_cast<double>(n),
        "t-SNE of {} points with perplexity {}: needs at least 4 points and a perplexity between 1 "
        "and the number of points",
        n, options.perplexity);
  const MatrixXd joint = joint_probabilities(points, options.perplexity);
  MatrixXd embedding = pca(points, 2).scores;
  const double spread = std::sqrt(embedding.col(0).squaredNorm() / static_cast<double>(n));
  if (spread > 0) embedding *= 1e-4 / spread;
  const double rate = static_cast<double>(n) / options.exaggeration;
  const MatrixXd exaggerated = options.exaggeration * joint;
  Descent early(n, 2, rate), late(n, 2, rate);
  for (int step = 0; step < options.steps; ++step) {
    if (step < options.exaggerated_steps) {
      early.step(embedding, gradient(exaggerated, embedding), 0.5);
    } else {
      late.step(embedding, gradient(joint, embedding), 0.8);
    }
  }
  return {embedding, kl_divergence(joint, embedding)};
}

}  // namespace rankwise::analysis

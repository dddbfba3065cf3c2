#include "analysis/measures/gradient_correlation.h"

#include "analysis/runs/matrix.h"
#include "framework/core/seed.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace rankwise::analysis {

using Eigen::MatrixXd;

MatrixXd gradient_correlation(const GradientRecord& gradients) {
  const MatrixXd covariance = to_matrix(gradients.covariance, gradients.ranks);
  const Eigen::VectorXd deviation = covariance.diagonal().unaryExpr([](double variance) {
    return variance > 0 ? std::sqrt(variance) : std::numeric_limits<double>::quiet_NaN();
  });
  return (covariance.array() / (deviation * deviation.transpose()).array()).matrix();
}

double mean_absolute_off_diagonal(const MatrixXd& correlation) {
  double sum = 0;
  int count = 0;
  for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      if (std::isnan(correlation(i, j))) continue;
      sum += std::abs(correlation(i, j));
      ++count;
    }
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

double independent_correlation(std::int64_t steps, std::int64_t out) {
  const auto entries = static_cast<double>((steps - 1) * out);
  return std::sqrt(2 / (std::numbers::pi * entries));
}

std::vector<std::size_t> drawn_columns(const std::vector<MatrixXd>& correlations,
                                       std::size_t count) {
  std::vector<std::size_t> columns;
  for (Eigen::Index i = 0; i < correlations.front().rows(); ++i) {
    const bool everywhere =
        std::all_of(correlations.begin(), correlations.end(), [&](const MatrixXd& correlation) {
          return i < correlation.rows() && !std::isnan(correlation(i, i));
        });
    if (everywhere) columns.push_back(static_cast<std::size_t>(i));
  }
  Random random = Seed(0).stream("gradient columns").random();
  random.shuffle(columns);
  columns.resize(std::min(count, columns.size()));
  std::sort(columns.begin(), columns.end());
  return columns;
}

}  // namespace rankwise::analysis

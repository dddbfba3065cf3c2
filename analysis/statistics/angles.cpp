#include "analysis/statistics/angles.h"

#include <Eigen/SVD>

#include <algorithm>
#include <cassert>

namespace rankwise::analysis {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd column_basis(const MatrixXd& matrix, double tolerance) {
  if (matrix.size() == 0) return MatrixXd(matrix.rows(), 0);
  const Eigen::JacobiSVD<MatrixXd> svd(matrix, Eigen::ComputeThinU);
  const VectorXd& values = svd.singularValues();
  const double least = tolerance * values(0);
  const auto rank = std::count_if(values.begin(), values.end(),
                                  [&](double value) { return value > 0 && value >= least; });
  return svd.matrixU().leftCols(static_cast<Index>(rank));
}

VectorXd principal_cosines(const MatrixXd& a, const MatrixXd& b) {
  assert(a.rows() == b.rows());
  if (a.cols() == 0 || b.cols() == 0) return VectorXd(0);
  const Eigen::JacobiSVD<MatrixXd> svd(a.transpose() * b);
  return svd.singularValues().cwiseMax(0).cwiseMin(1);
}

double captured_share(const MatrixXd& a, const MatrixXd& b) {
  assert(b.cols() > 0);
  return principal_cosines(a, b).squaredNorm() / static_cast<double>(b.cols());
}

}  // namespace rankwise::analysis

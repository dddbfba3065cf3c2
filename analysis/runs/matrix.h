/// The run file's row-major arrays as matrices.
#pragma once

#include <Eigen/Core>

#include <vector>

namespace rankwise::analysis {

/// `values` in rows of `columns` each, as double.
template <class T>
Eigen::MatrixXd to_matrix(const std::vector<T>& values, Eigen::Index columns) {
  using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Index rows = static_cast<Eigen::Index>(values.size()) / columns;
  return Eigen::Map<const RowMajor>(values.data(), rows, columns).template cast<double>();
}

}  // namespace rankwise::analysis

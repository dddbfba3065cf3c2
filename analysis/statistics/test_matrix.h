/// Matrices by hand, for tests.
#pragma once

#include <Eigen/Core>

#include <initializer_list>

namespace rankwise::analysis::test {

/// Row by row, all of one length.
inline Eigen::MatrixXd matrix(std::initializer_list<std::initializer_list<double>> rows) {
  Eigen::MatrixXd result(rows.size(), rows.begin()->size());
  Eigen::Index r = 0;
  for (const auto& row : rows) {
    Eigen::Index c = 0;
    for (const double value : row) result(r, c++) = value;
    ++r;
  }
  return result;
}

}  // namespace rankwise::analysis::test

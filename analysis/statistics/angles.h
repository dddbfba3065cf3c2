/// Principal angles between subspaces, by SVD (Björck & Golub 1973).
#pragma once

#include <Eigen/Core>

namespace rankwise::analysis {

/// Orthonormal basis [n, r] of what the columns of a matrix [n, m] span; singular values below
/// `tolerance` times the largest count as zero. No columns where the matrix is zero.
Eigen::MatrixXd column_basis(const Eigen::MatrixXd& matrix, double tolerance = 1e-6);

/// Cosines of the principal angles between the spans of two orthonormal bases [n, p] and [n, q]:
/// min(p, q) of them, from 0 to 1, falling.
Eigen::VectorXd principal_cosines(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// Share of span(b) that lies in span(a), both orthonormal bases: the mean squared cosine over the
/// dimensions of b, where directions that a has no partner for count as right angles. From 0 to 1;
/// a random a of p dimensions in n has p / n on average. b must have a column.
double captured_share(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

}  // namespace rankwise::analysis

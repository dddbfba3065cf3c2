/// How the gradients of B's columns go together (Zou et al., NeurIPS 2025, arXiv:2510.08396,
/// Theorem 3.3 and Figure 3).
#pragma once

#include "framework/record/run_file.h"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rankwise::analysis {

/// Covariances over the standard deviations of both columns: [R, R], from -1 to 1; NaN for a column
/// without a gradient.
Eigen::MatrixXd gradient_correlation(const GradientRecord& gradients);

/// Mean of the absolute values off the diagonal, without NaN; NaN where there are none.
double mean_absolute_off_diagonal(const Eigen::MatrixXd& correlation);

/// What that mean would be were every entry of every step's gradient drawn by itself: sqrt(2 / (π
/// n)) of n = (steps - 1) · out entries a column. Gradients of one column have much in common, so
/// that this is the least that can be, and none of two unrelated columns.
double independent_correlation(std::int64_t steps, std::int64_t out);

/// `count` of the columns that have a gradient in every one of the matrices, drawn at random
/// (always the same ones), in increasing order; all where there are fewer.
std::vector<std::size_t> drawn_columns(const std::vector<Eigen::MatrixXd>& correlations,
                                       std::size_t count);

}  // namespace rankwise::analysis

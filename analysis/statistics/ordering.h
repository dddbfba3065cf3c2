/// Choices among computed numbers that rounding cannot turn, so that tables and figures are the
/// same on every processor: numbers that differ by less than one part in 10^9 are equal.
#pragma once

#include <Eigen/Core>

namespace rankwise::analysis {

constexpr double kAlike = 1e-9;

/// A number to nine significant digits: what two results are compared by when they are sorted.
/// Infinities and NaN stay.
double rounded(double value);

/// The first of n values that is as small as any, up to `tolerance`; n >= 1. Infinities may be
/// among them, NaN may not.
Eigen::Index first_least(const Eigen::Ref<const Eigen::VectorXd>& values, double tolerance);

}  // namespace rankwise::analysis

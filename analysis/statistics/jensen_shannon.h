/// How far two distributions lie apart, from 0 to 1.
#pragma once

#include <Eigen/Core>

namespace rankwise::analysis {

/// Jensen-Shannon divergence in bits (Lin, 1991) of the distributions that two vectors of counts
/// make: 0 where they are equal, 1 where they share nothing. NaN where one has no count.
double jensen_shannon(const Eigen::VectorXd& a, const Eigen::VectorXd& b);

/// What it is expected to be between two halves of `count`, had each of them been drawn by itself
/// from one distribution: (ranks with a count - 1) / (2 n ln 2) of n counts, for 2 n ln 2 times the
/// divergence then has a chi-squared distribution (Wilks, 1938). Counts that go together, as those
/// of one text do, make it larger. NaN of no count.
double expected_jensen_shannon(const Eigen::VectorXd& count);

}  // namespace rankwise::analysis

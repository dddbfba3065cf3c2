/// Axes that begin and end at round numbers.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

struct Axis {
  double low = 0, high = 1, step = 0.2;

  std::string range() const;              // "[0:1]"
  std::vector<std::string> tics() const;  // "0", "0.2", ... "1"; "10k"
};

/// The shortest axis over [low, high] with at most `most` steps of 1, 2 or 5 times a power of ten.
/// Equal ends are moved apart.
Axis round_axis(double low, double high, int most = 5);

/// A named place on an axis.
using Tic = std::pair<double, std::string>;

std::vector<Tic> named_tics(const Axis& axis);

/// 1, 2 and 5 times powers of ten in [low, high], or the powers alone where they are three or more:
/// "500", "1k", "2M". 0 < low <= high.
std::vector<Tic> log_tics(double low, double high);

/// Which of n tics to name where each name takes `each` of `length` inches: every one, every 2nd,
/// 5th, 10th, ... Counted from 1 where the names are 1, 2, 3, ... (1, 5, 10), else from the first.
std::vector<std::size_t> named_tics(const std::vector<std::string>& names, double length,
                                    double each);

}  // namespace rankwise::analysis

#include "framework/run/cost.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rankwise {

namespace {

constexpr std::size_t kKinds = std::tuple_size_v<Amounts>;

// The largest of each amount: columns of a like size, whatever the units.
Amounts scales_of(const std::vector<TimedPart>& parts) {
  Amounts scales{};
  for (const TimedPart& part : parts) {
    for (std::size_t k = 0; k < kKinds; ++k) scales[k] = std::max(scales[k], part.amounts[k]);
  }
  return scales;
}

// Rates of the kinds `used` in units of their scales: of all solutions the one of smallest norm.
Eigen::VectorXd solve(const std::vector<TimedPart>& parts, const Amounts& scales,
                      const std::vector<std::size_t>& used) {
  Eigen::MatrixXd amounts(parts.size(), used.size());
  Eigen::VectorXd seconds(parts.size());
  for (Eigen::Index row = 0; row < amounts.rows(); ++row) {
    const TimedPart& part = parts[static_cast<std::size_t>(row)];
    for (Eigen::Index column = 0; column < amounts.cols(); ++column) {
      const std::size_t kind = used[static_cast<std::size_t>(column)];
      amounts(row, column) = part.amounts[kind] / scales[kind];
    }
    seconds(row) = part.seconds;
  }
  return amounts.completeOrthogonalDecomposition().solve(seconds);
}

}  // namespace

Rates fit_rates(const std::vector<TimedPart>& parts) {
  const Amounts scales = scales_of(parts);
  std::vector<std::size_t> used;
  for (std::size_t k = 0; k < kKinds; ++k) {
    if (scales[k] > 0) used.push_back(k);
  }
  Rates rates{};
  while (!used.empty()) {
    const Eigen::VectorXd solution = solve(parts, scales, used);
    Eigen::Index lowest = 0;
    if (solution.minCoeff(&lowest) >= 0) {
      for (std::size_t i = 0; i < used.size(); ++i) {
        rates[used[i]] = solution(static_cast<Eigen::Index>(i)) / scales[used[i]];
      }
      break;
    }
    used.erase(used.begin() + lowest);
  }
  return rates;
}

double seconds_of(const Amounts& amounts, const Rates& rates) {
  double seconds = 0;
  for (std::size_t k = 0; k < kKinds; ++k) seconds += amounts[k] * rates[k];
  return seconds;
}

Amounts sum_of(const Amounts& one, const Amounts& other, double times) {
  Amounts sum = one;
  for (std::size_t k = 0; k < kKinds; ++k) sum[k] += times * other[k];
  return sum;
}

}  // namespace rankwise

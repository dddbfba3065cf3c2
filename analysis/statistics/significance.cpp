#include "analysis/statistics/significance.h"

#include "analysis/statistics/statistics.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace rankwise::analysis {
namespace {

using boost::math::students_t;

/// P(T >= deviation / error); all of the mass is on one side where the error is zero.
double upper_tail(const students_t& distribution, double deviation, double error) {
  if (error > 0) return cdf(complement(distribution, deviation / error));
  return deviation > 0 ? 0 : deviation < 0 ? 1 : 0.5;
}

double standard_error(const MeanStd& values) {
  return values.std / std::sqrt(static_cast<double>(values.count));
}

/// Equal but for rounding: shares of a few examples often are.
bool are_equal(const MeanStd& values) { return values.std <= 1e-9 * std::abs(values.mean); }

}  // namespace

std::optional<PairedTest> paired_t_test(const std::vector<double>& differences) {
  const MeanStd values = mean_std(differences);
  if (values.count < 2) return std::nullopt;
  const students_t distribution(static_cast<double>(values.count - 1));
  const double error = standard_error(values);
  const double half = quantile(distribution, 0.975) * error;
  PairedTest test{.mean = values.mean,
                  .low = values.mean - half,
                  .high = values.mean + half,
                  .p = 2 * upper_tail(distribution, std::abs(values.mean), error)};
  if (values.mean != 0 && are_equal(values)) {
    test.p = std::exp2(1 - static_cast<double>(values.count));
  }
  return test;
}

double equivalence_p(const std::vector<double>& differences, double margin) {
  const MeanStd values = mean_std(differences);
  assert(values.count >= 2);
  const students_t distribution(static_cast<double>(values.count - 1));
  const double error = standard_error(values);
  return std::max(upper_tail(distribution, margin + values.mean, error),
                  upper_tail(distribution, margin - values.mean, error));
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double times = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, times * p[order[i]]));
    corrected[order[i]] = largest;
  }
  return corrected;
}

}  // namespace rankwise::analysis

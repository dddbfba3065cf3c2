#include "analysis/statistics/effect_size.h"

#include "analysis/statistics/robust.h"
#include "analysis/statistics/statistics.h"

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <cassert>
#include <cmath>
#include <limits>

namespace rankwise::analysis {

double cohens_dz(const std::vector<double>& differences) {
  const MeanStd values = mean_std(differences);
  if (values.count < 2) return std::numeric_limits<double>::quiet_NaN();
  return values.mean == 0 ? 0 : values.mean / values.std;
}

double cliffs_delta(const std::vector<double>& a, const std::vector<double>& b) {
  return 2 * probability_of_improvement(a, b) - 1;
}

double t_test_power(double dz, std::size_t n, double alpha) {
  assert(n >= 2);
  const double freedom = static_cast<double>(n - 1);
  const double limit = quantile(boost::math::students_t(freedom), 1 - alpha / 2);
  const double shift = std::abs(dz) * std::sqrt(static_cast<double>(n));
  if (shift == 0) return alpha;
  const boost::math::non_central_t distribution(freedom, shift);
  return cdf(complement(distribution, limit)) + cdf(distribution, -limit);
}

double detectable_dz(std::size_t n, double power, double alpha) {
  const auto missing = [&](double dz) { return t_test_power(dz, n, alpha) - power; };
  double high = 1;
  while (missing(high) < 0) high *= 2;
  std::uintmax_t iterations = 200;
  const auto [from, to] = boost::math::tools::toms748_solve(
      missing, 0.0, high, boost::math::tools::eps_tolerance<double>(40), iterations);
  return (from + to) / 2;
}

}  // namespace rankwise::analysis

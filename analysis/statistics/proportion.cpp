#include "analysis/statistics/proportion.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cassert>

namespace rankwise::analysis {

using boost::math::binomial_distribution;

Interval exact_interval(const Proportion& proportion) {
  assert(proportion.trials > 0 && proportion.hits <= proportion.trials);
  const auto hits = static_cast<double>(proportion.hits);
  const auto trials = static_cast<double>(proportion.trials);
  return {binomial_distribution<>::find_lower_bound_on_p(trials, hits, 0.025),
          binomial_distribution<>::find_upper_bound_on_p(trials, hits, 0.025)};
}

double sign_test_p(const Proportion& proportion) {
  const binomial_distribution<> even(static_cast<double>(proportion.trials), 0.5);
  const std::size_t fewer = std::min(proportion.hits, proportion.trials - proportion.hits);
  return std::min(1.0, 2 * cdf(even, static_cast<double>(fewer)));
}

}  // namespace rankwise::analysis

#include "analysis/statistics/friedman.h"

#include "analysis/statistics/ordering.h"
#include "framework/core/metrics.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/trapezoidal.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <map>

namespace rankwise::analysis {
namespace {

using boost::math::normal;

/// P(range of k standard normal values < width).
double range_below(double width, std::size_t k) {
  const normal standard;
  const auto others = static_cast<double>(k - 1);
  const auto largest_at = [&](double z) {
    return pdf(standard, z) * std::pow(cdf(standard, z) - cdf(standard, z - width), others);
  };
  constexpr double kFar = 8;  // nothing lies beyond in double precision
  return static_cast<double>(k) *
         boost::math::quadrature::trapezoidal(largest_at, -kFar, kFar + width, 1e-10);
}

/// The upper 5 % point of the studentized range with infinitely many degrees of freedom.
double studentized_range(std::size_t k) {
  std::uintmax_t iterations = 100;
  const auto missed = [&](double width) { return range_below(width, k) - 0.95; };
  const auto [low, high] = boost::math::tools::toms748_solve(
      missed, 0.1, 20.0, boost::math::tools::eps_tolerance<double>(40), iterations);
  return (low + high) / 2;
}

/// Sum over the groups of equal values of t^3 - t.
double ties(const std::vector<double>& ranks) {
  std::map<double, double> sizes;
  for (const double rank : ranks) ++sizes[rank];
  double sum = 0;
  for (const auto& [rank, size] : sizes) sum += size * size * size - size;
  return sum;
}

}  // namespace

FriedmanTest friedman_test(const std::vector<std::vector<double>>& scores, bool higher_is_better) {
  assert(!scores.empty() && scores.front().size() >= 2);
  const std::size_t methods = scores.front().size();
  FriedmanTest test{.mean_ranks = std::vector<double>(methods, 0)};
  double tied = 0;
  for (const std::vector<double>& data_set : scores) {
    std::vector<double> values;
    for (const double score : data_set)
      values.push_back(rounded(higher_is_better ? -score : score));
    const std::vector<double> ranks = tied_ranks(values);
    tied += ties(ranks);
    for (std::size_t i = 0; i < methods; ++i) test.mean_ranks[i] += ranks[i];
  }
  const auto n = static_cast<double>(scores.size()), k = static_cast<double>(methods);
  double squares = 0;
  for (double& rank : test.mean_ranks) {
    squares += rank * rank;
    rank /= n;
  }
  const double untied = 1 - tied / (n * k * (k * k - 1));
  if (untied <= 0) return test;  // every method has the same score everywhere
  test.chi_squared = (12 / (n * k * (k + 1)) * squares - 3 * n * (k + 1)) / untied;
  test.p = cdf(complement(boost::math::chi_squared(k - 1), std::max(0.0, test.chi_squared)));
  return test;
}

double critical_difference(std::size_t methods, std::size_t data_sets) {
  const auto k = static_cast<double>(methods), n = static_cast<double>(data_sets);
  return studentized_range(methods) / std::sqrt(2.0) * std::sqrt(k * (k + 1) / (6 * n));
}

std::vector<std::pair<std::size_t, std::size_t>> alike_groups(const std::vector<double>& sorted,
                                                              double critical_difference) {
  std::vector<std::pair<std::size_t, std::size_t>> groups;
  for (std::size_t first = 0; first < sorted.size(); ++first) {
    std::size_t last = first;
    while (last + 1 < sorted.size() && sorted[last + 1] - sorted[first] < critical_difference) {
      ++last;
    }
    const bool inside = !groups.empty() && groups.back().second >= last;
    if (last > first && !inside) groups.emplace_back(first, last);
  }
  return groups;
}

}  // namespace rankwise::analysis

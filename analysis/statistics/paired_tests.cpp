#include "analysis/statistics/paired_tests.h"

#include "analysis/statistics/ordering.h"
#include "framework/core/metrics.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace rankwise::analysis {
namespace {

constexpr std::size_t kAllSigns = 20;
constexpr std::size_t kDrawnSigns = 100000;
constexpr std::size_t kExactRanks = 60;

double absolute_sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double sum, double value) { return sum + std::abs(value); });
}

/// Share of all sign vectors whose sum is as far from zero as the limit. Neighbours in the Gray
/// code differ in one sign; the first sign stays, for a vector counts as its opposite does.
double share_of_all_signs(std::vector<double> values, double limit) {
  double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const std::uint64_t count = std::uint64_t{1} << (values.size() - 1);
  std::uint64_t far = 0;
  for (std::uint64_t i = 1;; ++i) {
    far += std::abs(sum) >= limit ? 1 : 0;
    if (i == count) break;
    double& flipped = values[static_cast<std::size_t>(std::countr_zero(i)) + 1];
    sum -= 2 * flipped;
    flipped = -flipped;
  }
  return static_cast<double>(far) / static_cast<double>(count);
}

double share_of_drawn_signs(const std::vector<double>& values, double limit, Random random) {
  std::size_t far = 1;  // the observed signs
  for (std::size_t i = 0; i < kDrawnSigns; ++i) {
    double sum = 0;
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      bits = k % 64 == 0 ? random.bits() : bits >> 1U;
      sum += (bits & 1U) != 0 ? values[k] : -values[k];
    }
    far += std::abs(sum) >= limit ? 1 : 0;
  }
  return static_cast<double>(far) / static_cast<double>(kDrawnSigns + 1);
}

/// P(W <= sum) of the sum of the ranks that are drawn each with probability 1/2. Ranks are doubled,
/// so that shared ones are whole.
double rank_sum_below(const std::vector<std::size_t>& doubled_ranks, std::size_t doubled_sum) {
  const std::size_t total =
      std::accumulate(doubled_ranks.begin(), doubled_ranks.end(), std::size_t{0});
  std::vector<double> probability(total + 1, 0.0);
  probability[0] = 1;
  std::size_t reached = 0;
  for (const std::size_t rank : doubled_ranks) {
    reached += rank;
    for (std::size_t sum = reached + 1; sum-- > 0;) {
      const double without = probability[sum];
      probability[sum] = (without + (sum >= rank ? probability[sum - rank] : 0)) / 2;
    }
  }
  const auto end = probability.begin() + static_cast<std::ptrdiff_t>(doubled_sum) + 1;
  return std::accumulate(probability.begin(), end, 0.0);
}

double normal_wilcoxon_p(const std::vector<double>& ranks, double smaller_sum) {
  const double mean = std::accumulate(ranks.begin(), ranks.end(), 0.0) / 2;
  double variance = 0;  // a quarter of the sum of squared ranks: ties are in it
  for (const double rank : ranks) variance += rank * rank / 4;
  const double deviation = (smaller_sum + 0.5 - mean) / std::sqrt(variance);
  return std::min(1.0, 2 * cdf(boost::math::normal(), deviation));
}

}  // namespace

double smallest_sign_flip_p(std::size_t n) {
  return n == 0 ? 1 : std::ldexp(2.0, -static_cast<int>(n));
}

ExactTest sign_flip_test(const std::vector<double>& differences, const Seed& seed) {
  const std::size_t n = differences.size();
  if (n == 0) return {};
  const double observed = std::abs(std::accumulate(differences.begin(), differences.end(), 0.0));
  const double limit = observed - 1e-12 * absolute_sum(differences);  // rounding is no difference
  const double smallest = smallest_sign_flip_p(n);
  if (n <= kAllSigns) return {share_of_all_signs(differences, limit), smallest};
  const Random random = seed.stream("sign flips").random();
  return {share_of_drawn_signs(differences, limit, random),
          std::max(smallest, 1.0 / static_cast<double>(kDrawnSigns + 1))};
}

ExactTest wilcoxon_test(const std::vector<double>& differences) {
  double largest = 0;
  for (const double difference : differences) largest = std::max(largest, std::abs(difference));
  std::vector<double> sizes, signs;
  for (const double exact : differences) {
    // Differences of equal size are ties, whatever the subtraction left in their last digits.
    const double difference = largest > 0 ? std::round(exact / (largest * kAlike)) : 0;
    if (difference == 0) continue;
    sizes.push_back(std::abs(difference));
    signs.push_back(difference);
  }
  if (sizes.empty()) return {1, smallest_sign_flip_p(differences.size())};
  const std::vector<double> ranks = tied_ranks(sizes);
  double positive = 0, negative = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) (signs[i] > 0 ? positive : negative) += ranks[i];
  const double smaller = std::min(positive, negative);
  const double smallest = smallest_sign_flip_p(differences.size());
  if (ranks.size() > kExactRanks) return {normal_wilcoxon_p(ranks, smaller), smallest};
  std::vector<std::size_t> doubled;
  doubled.reserve(ranks.size());
  for (const double rank : ranks) doubled.push_back(static_cast<std::size_t>(2 * rank));
  const double below = rank_sum_below(doubled, static_cast<std::size_t>(2 * smaller));
  return {std::min(1.0, 2 * below), smallest};
}

McNemarTest mcnemar_test(const Discordant& counts) {
  const auto [a, b] =
      std::pair(static_cast<double>(counts.only_a), static_cast<double>(counts.only_b));
  const double n = a + b;
  if (n == 0) return {};
  const boost::math::binomial_distribution<> even(n, 0.5);
  const double excess = std::max(0.0, std::abs(a - b) - 1);
  return {std::min(1.0, 2 * cdf(even, std::min(a, b))),
          cdf(complement(boost::math::chi_squared(1), excess * excess / n))};
}

}  // namespace rankwise::analysis

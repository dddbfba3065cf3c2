#include "analysis/statistics/bootstrap.h"

#include "analysis/statistics/robust.h"
#include "analysis/statistics/statistics.h"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace rankwise::analysis {
namespace {

using boost::math::normal;

constexpr double kNoLimit = std::numeric_limits<double>::quiet_NaN();

/// How far the median of the replicates lies from the estimate, in normal deviations.
double bias(const std::vector<double>& replicates, double estimate) {
  double below = 0;
  for (const double value : replicates) below += value < estimate ? 1 : value == estimate ? 0.5 : 0;
  const double share = below / static_cast<double>(replicates.size());
  return share <= 0 || share >= 1 ? kNoLimit : quantile(normal(), share);
}

/// A sixth of the skewness of the values that the jackknife gives; 0 where they are equal.
double acceleration(const std::vector<double>& left_out) {
  const double mean = mean_std(left_out).mean;
  double squares = 0, cubes = 0;
  for (const double value : left_out) {
    squares += std::pow(mean - value, 2);
    cubes += std::pow(mean - value, 3);
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

}  // namespace

void draw_indices(Random& random, std::size_t count, std::vector<std::uint32_t>& drawn) {
  assert(count > 0 && count <= std::numeric_limits<std::uint32_t>::max());
  const auto below = [&](std::uint64_t bits) {  // Lemire (2019): the high half of a product
    return static_cast<std::uint32_t>((bits & 0xffffffffU) * count >> 32U);
  };
  for (std::size_t i = 0; i < drawn.size(); i += 2) {
    const std::uint64_t bits = random.bits();
    drawn[i] = below(bits);
    if (i + 1 < drawn.size()) drawn[i + 1] = below(bits >> 32U);
  }
}

std::vector<double> bootstrap_replicates(const Strata& strata, const Statistic& statistic,
                                         Random& random, std::size_t count) {
  Strata resample = strata;
  std::vector<std::uint32_t> drawn;
  std::vector<double> replicates;
  replicates.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t s = 0; s < strata.size(); ++s) {
      drawn.resize(strata[s].size());
      if (!drawn.empty()) draw_indices(random, drawn.size(), drawn);
      std::transform(drawn.begin(), drawn.end(), resample[s].begin(),
                     [&](std::uint32_t index) { return strata[s][index]; });
    }
    replicates.push_back(statistic(resample));
  }
  return replicates;
}

std::vector<double> jackknife(const Strata& strata, const Statistic& statistic) {
  std::vector<double> left_out;
  Strata without = strata;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    for (std::size_t i = 0; strata[s].size() > 1 && i < strata[s].size(); ++i) {
      without[s].erase(without[s].begin() + static_cast<std::ptrdiff_t>(i));
      left_out.push_back(statistic(without));
      without[s] = strata[s];
    }
  }
  return left_out;
}

Interval percentile_interval(const std::vector<double>& replicates, double confidence) {
  return {quantile(replicates, (1 - confidence) / 2), quantile(replicates, (1 + confidence) / 2)};
}

Interval bca_interval(const std::vector<double>& replicates, double estimate,
                      const std::vector<double>& left_out, double confidence) {
  const double shift = bias(replicates, estimate);
  if (std::isnan(shift)) return {kNoLimit, kNoLimit};
  const double slope = acceleration(left_out);
  const auto end = [&](double share) {  // Efron (1987), eq. 2.9
    const double moved = shift + quantile(normal(), share);
    return quantile(replicates, cdf(normal(), shift + moved / (1 - slope * moved)));
  };
  return {end((1 - confidence) / 2), end((1 + confidence) / 2)};
}

Interval bootstrap_interval(const Strata& strata, const Statistic& statistic, const Seed& seed,
                            const BootstrapOptions& options) {
  assert(std::any_of(strata.begin(), strata.end(), [](const auto& s) { return s.size() > 1; }));
  Random random = seed.stream("bootstrap").random();
  const auto replicates = bootstrap_replicates(strata, statistic, random, options.resamples);
  if (options.method == BootstrapMethod::kPercentile) {
    return percentile_interval(replicates, options.confidence);
  }
  return bca_interval(replicates, statistic(strata), jackknife(strata, statistic),
                      options.confidence);
}

}  // namespace rankwise::analysis

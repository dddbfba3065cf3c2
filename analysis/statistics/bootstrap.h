/// Bootstrap intervals of any statistic of a sample, or of one sample a task (Efron and Tibshirani,
/// 1993).
#pragma once

#include "framework/core/seed.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace rankwise::analysis {

/// One sample for each stratum: a task's scores, say. A plain sample is one stratum.
using Strata = std::vector<std::vector<double>>;
using Statistic = std::function<double(const Strata&)>;

struct Interval {
  double low = 0, high = 0;
};

enum class BootstrapMethod {
  kPercentile,
  kBca  // bias-corrected and accelerated (Efron, 1987)
};

struct BootstrapOptions {
  BootstrapMethod method = BootstrapMethod::kBca;
  std::size_t resamples = 9999;
  double confidence = 0.95;
};

/// Interval of the statistic. Values are drawn within their stratum, from "bootstrap" of the seed.
/// Needs two values or more in some stratum; equal values give an interval of no width.
Interval bootstrap_interval(const Strata& strata, const Statistic& statistic, const Seed& seed,
                            const BootstrapOptions& options = {});

/// The statistic of `count` resamples, in the order in which they were drawn.
std::vector<double> bootstrap_replicates(const Strata& strata, const Statistic& statistic,
                                         Random& random, std::size_t count);

/// The statistic with one value left out, over all values of all strata of two values or more.
std::vector<double> jackknife(const Strata& strata, const Statistic& statistic);

Interval percentile_interval(const std::vector<double>& replicates, double confidence);

/// `estimate` is the statistic of the sample itself. NaN ends where all replicates lie on one side
/// of it, as SciPy has them: no correction is known then.
Interval bca_interval(const std::vector<double>& replicates, double estimate,
                      const std::vector<double>& left_out, double confidence);

/// Fills `drawn` with indices below `count` (which is below 2^32), uniform and independent. Two
/// indices come from one draw of 64 bits; their bias is below count / 2^32.
void draw_indices(Random& random, std::size_t count, std::vector<std::uint32_t>& drawn);

}  // namespace rankwise::analysis

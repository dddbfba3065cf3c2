#include "analysis/statistics/ordering.h"

#include <cassert>
#include <cmath>

namespace rankwise::analysis {
namespace {

/// Eigen cuts matrix products by the sizes of the caches that it finds, and with them the order of
/// its sums. Fixed sizes give the same bits on every processor.
const bool kFixedBlocks = [] {
  Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 8 * 1024 * 1024);
  return true;
}();

}  // namespace

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, 8 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

Eigen::Index first_least(const Eigen::Ref<const Eigen::VectorXd>& values, double tolerance) {
  assert(values.size() > 0);
  const double limit = values.minCoeff() + tolerance;
  Eigen::Index first = 0;
  while (values(first) > limit) ++first;
  return first;
}

}  // namespace rankwise::analysis

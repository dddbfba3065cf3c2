#include "analysis/statistics/jensen_shannon.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace rankwise::analysis {
namespace {

constexpr double kNoCounts = std::numeric_limits<double>::quiet_NaN();

/// Bits that the distribution p needs more than its own entropy where it is coded for q.
double kullback_leibler(const Eigen::VectorXd& p, const Eigen::VectorXd& q) {
  double bits = 0;
  for (Eigen::Index i = 0; i < p.size(); ++i) {
    if (p(i) > 0) bits += p(i) * std::log2(p(i) / q(i));
  }
  return bits;
}

}  // namespace

double jensen_shannon(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  if (a.sum() <= 0 || b.sum() <= 0) return kNoCounts;
  const Eigen::VectorXd p = a / a.sum(), q = b / b.sum();
  const Eigen::VectorXd middle = (p + q) / 2;
  const double bits = (kullback_leibler(p, middle) + kullback_leibler(q, middle)) / 2;
  return std::clamp(bits, 0.0, 1.0);  // rounding may leave it
}

double expected_jensen_shannon(const Eigen::VectorXd& count) {
  const double total = count.sum();
  if (total <= 0) return kNoCounts;
  const auto used = static_cast<double>((count.array() > 0).count());
  return (used - 1) / (2 * total * std::numbers::ln2);
}

}  // namespace rankwise::analysis

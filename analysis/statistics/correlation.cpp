#include "analysis/statistics/correlation.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace rankwise::analysis {
namespace {

int sign(double value) { return (value > 0) - (value < 0); }

}  // namespace

std::optional<double> kendall_tau_b(const std::vector<double>& x, const std::vector<double>& y) {
  assert(x.size() == y.size());
  double score = 0, untied_x = 0, untied_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const int in_x = sign(x[i] - x[j]), in_y = sign(y[i] - y[j]);
      score += in_x * in_y;
      untied_x += in_x != 0 ? 1 : 0;
      untied_y += in_y != 0 ? 1 : 0;
    }
  }
  if (untied_x == 0 || untied_y == 0) return std::nullopt;
  return score / std::sqrt(untied_x * untied_y);
}

}  // namespace rankwise::analysis

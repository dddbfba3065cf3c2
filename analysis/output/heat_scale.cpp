#include "analysis/output/heat_scale.h"

#include "analysis/output/round_axis.h"

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {

std::pair<double, double> value_scale(const std::vector<HeatMap>& maps) {
  double least = 0, most = 0;
  for (const HeatMap& map : maps) {
    for (const double value : map.value.reshaped()) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  if (least == 0 && most <= 1) return {0, share_scale(maps)};
  const double end = std::max(most, -least);
  const Axis axis = round_axis(least < 0 ? -end : 0, end, kBarSteps);
  return {axis.low, axis.high};
}

double share_scale(const std::vector<HeatMap>& maps) {
  double largest = 0;
  for (const HeatMap& map : maps) {
    for (const double value : map.value.reshaped()) largest = std::fmax(largest, value);
  }
  for (const double end : {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8}) {
    if (largest <= end) return end;
  }
  return 1;
}

}  // namespace rankwise::analysis

/// Where the colour scale of heat maps ends.
#pragma once

#include "analysis/output/heat_figure.h"

#include <utility>
#include <vector>

namespace rankwise::analysis {

/// Steps between the round numbers at a colour bar, at most.
inline constexpr int kBarSteps = 5;

/// The end of a colour scale from 0: the largest value, rounded up to tenths, beyond a half
/// to fifths.
double share_scale(const std::vector<HeatMap>& maps);

/// The ends of a colour scale for any numbers: from 0, or where some are below it as far below 0
/// as above.
std::pair<double, double> value_scale(const std::vector<HeatMap>& maps);

}  // namespace rankwise::analysis

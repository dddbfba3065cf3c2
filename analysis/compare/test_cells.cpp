#include "analysis/compare/test_cells.h"

#include <fmt/format.h>

#include <cmath>

namespace rankwise::analysis {

Cell p_cell(const std::optional<double>& p) { return {p ? fmt::format("{:.3g}", *p) : "–", {}}; }

Cell signed_cell(double value, int digits) {
  return {std::isnan(value) ? "–" : fmt::format("{:+.{}f}", value, digits), {}};
}

Cell interval_cell(double low, double high, int digits) {
  return {fmt::format("{:+.{}f} to {:+.{}f}", low, digits, high, digits), {}};
}

}  // namespace rankwise::analysis

#include "analysis/output/series_look.h"

#include "analysis/output/figure_style.h"

#include <algorithm>
#include <cstdint>

namespace rankwise::analysis {
namespace {

/// FNV-1a with its upper half folded in: the same on every machine. Its start is changed by a
/// number with which the labels that figures in results/ show together have colours of their own.
std::size_t preferred_colour(const std::string& label) {
  std::uint32_t hash = 2166136261U ^ 2846U;
  for (const char byte : label) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
  return (hash ^ (hash >> 16U)) % kSeriesColours;
}

bool is_taken(std::size_t look, const SeriesLooks& looks) {
  return std::any_of(looks.begin(), looks.end(),
                     [look](const auto& entry) { return entry.second == look; });
}

}  // namespace

std::size_t look_of(const std::string& label, SeriesLooks& looks) {
  const auto known = looks.find(label);
  if (known != looks.end()) return known->second;
  const std::size_t first = looks.size() / kSeriesColours * kSeriesColours;
  std::size_t colour = preferred_colour(label);
  while (is_taken(first + colour, looks)) colour = (colour + 1) % kSeriesColours;
  return looks[label] = first + colour;
}

SeriesLooks series_looks(const std::vector<std::string>& labels) {
  SeriesLooks looks;
  for (const std::string& label : labels) look_of(label, looks);
  return looks;
}

}  // namespace rankwise::analysis

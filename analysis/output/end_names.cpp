#include "analysis/output/end_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

constexpr double kEndNameSize = 6.5;  // points
constexpr double kApart = 0.105;      // inches between two names
constexpr double kLeader = 0.14, kGap = 0.03;

}  // namespace

std::vector<double> spread_apart(const std::vector<double>& wanted, double apart, double low,
                                 double high) {
  std::vector<double> places = wanted;
  if (places.empty()) return places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = std::max(places[i], i == 0 ? low : places[i - 1] + apart);
  }
  places.back() = std::min(places.back(), std::max(high, low));
  for (std::size_t i = places.size() - 1; i > 0; --i) {
    places[i - 1] = std::min(places[i - 1], places[i] - apart);
  }
  return places;
}

double end_names_width(const std::vector<std::string>& names) {
  return kLeader + kGap + text_width(names, kEndNameSize);
}

std::string end_name_commands(std::vector<LineEnd> ends, const Panel& panel) {
  std::stable_sort(ends.begin(), ends.end(),
                   [](const LineEnd& a, const LineEnd& b) { return a.y < b.y; });
  std::vector<double> wanted;
  for (const LineEnd& end : ends) wanted.push_back(end.y);
  const std::vector<double> places = spread_apart(wanted, kApart, 0.05, panel.height);
  const auto at = [&](double x, double y) {
    return fmt::format("graph {:.4f},{:.4f}", x / panel.width, y / panel.height);
  };
  std::string commands;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    commands +=
        fmt::format("set arrow from {} to {} nohead lw 0.6 lc rgb '{}'\n", at(ends[i].x, ends[i].y),
                    at(panel.width + kLeader, places[i]), ends[i].colour);
    commands += fmt::format("set label {} at {} left font ',{}'\n", gnuplot_string(ends[i].name),
                            at(panel.width + kLeader + kGap, places[i]), kEndNameSize);
  }
  return commands;
}

}  // namespace rankwise::analysis

#include "analysis/output/point_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace rankwise::analysis {
namespace {

constexpr double kNameSize = kLeastSize;  // points
constexpr double kMarker = 0.04;          // half the width of a marker, inches

using Box = Stroke;

Box around(double x, double y, double half_width, double half_height) {
  return {x - half_width, y - half_height, x + half_width, y + half_height};
}

Box box_of(const NamePlace& place) {
  return around(place.x, place.y, place.half_width, place.half_height);
}

bool meet(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.bottom < b.top && b.bottom < a.top;
}

struct Candidate {
  NamePlace place;
  double distance;  // inches
};

/// Around a point, from near to far; the first ones to the right.
std::vector<Candidate> candidates(const NamedPoint& point) {
  constexpr std::array kRings = {0.105, 0.17, 0.25, 0.34, 0.44};  // inches
  const double half_width = 0.5 * text_width({point.name}, kNameSize) + 0.005;
  const double half_height = 0.4 * kNameSize / 72;
  std::vector<Candidate> places;
  for (const double ring : kRings) {
    const bool far = ring > kRings.front();
    const int many = far ? 24 : 12;
    for (int i = 0; i < many; ++i) {
      const int step = i % 2 == 0 ? i / 2 : -(i / 2) - 1;  // 0, -1, 1, -2, ...
      const double angle = 2 * std::numbers::pi * (step + 0.5) / many;
      places.push_back({{point.x + (ring + half_width - half_height) * std::cos(angle),
                         point.y + ring * std::sin(angle), half_width, half_height, far},
                        ring});
    }
  }
  return places;
}

/// What is in the way of a name.
class Crowd {
 public:
  Crowd(const std::vector<NamedPoint>& points, const std::vector<Stroke>& strokes,
        const Panel& panel)
      : panel_{0, 0, panel.width, panel.height} {
    constexpr double kThin = 0.01;
    for (const NamedPoint& point : points) {
      markers_.push_back(around(point.x, point.y, kMarker, kMarker));
    }
    for (const Stroke& stroke : strokes) {
      strokes_.push_back(
          {stroke.left - kThin, stroke.bottom - kThin, stroke.right + kThin, stroke.top + kThin});
    }
  }

  double cost(const Candidate& candidate) const {
    const Box box = box_of(candidate.place);
    const auto met = [&](const std::vector<Box>& boxes) {
      return static_cast<double>(std::count_if(boxes.begin(), boxes.end(),
                                               [&](const Box& other) { return meet(box, other); }));
    };
    const bool inside = box.left >= panel_.left && box.right <= panel_.right &&
                        box.bottom >= panel_.bottom && box.top <= panel_.top;
    return (inside ? 0 : 1000) + 1000 * met(names_) + 10 * met(markers_) + 2 * met(strokes_) +
           4 * candidate.distance;
  }

  void add(const NamePlace& place) { names_.push_back(box_of(place)); }

 private:
  Box panel_;
  std::vector<Box> markers_, strokes_, names_;
};

/// Where a line from the point to the name's middle enters its box.
std::pair<double, double> edge(const NamePlace& place, const NamedPoint& point) {
  const double across = point.x - place.x, up = point.y - place.y;
  const double inside =
      1 / std::max(std::abs(across) / place.half_width, std::abs(up) / place.half_height);
  return {place.x + inside * across, place.y + inside * up};
}

}  // namespace

std::vector<NamePlace> name_places(const std::vector<NamedPoint>& points,
                                   const std::vector<Stroke>& strokes, const Panel& panel) {
  Crowd crowd(points, strokes, panel);
  std::vector<NamePlace> places;
  for (const NamedPoint& point : points) {
    double least = std::numeric_limits<double>::infinity();
    NamePlace best;
    for (const Candidate& candidate : candidates(point)) {
      const double cost = crowd.cost(candidate);
      if (cost >= least) continue;
      least = cost;
      best = candidate.place;
    }
    crowd.add(best);
    places.push_back(best);
  }
  return places;
}

std::string name_commands(const std::vector<NamedPoint>& points, const std::vector<Stroke>& strokes,
                          const Panel& panel) {
  const std::vector<NamePlace> places = name_places(points, strokes, panel);
  const auto at = [&](double x, double y) {
    return fmt::format("graph {:.4f},{:.4f}", x / panel.width, y / panel.height);
  };
  std::string commands;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (places[i].far) {
      const auto [x, y] = edge(places[i], points[i]);
      commands += fmt::format("set arrow from {} to {} nohead lw 0.4 lc rgb '#555555'\n",
                              at(points[i].x, points[i].y), at(x, y));
    }
    commands +=
        fmt::format("set label {} at {} center front font ',{}'\n", gnuplot_string(points[i].name),
                    at(places[i].x, places[i].y), kNameSize);
  }
  return commands;
}

}  // namespace rankwise::analysis

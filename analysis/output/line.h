/// Series of points: what drawings of lines are made of.
#pragma once

#include <string>
#include <vector>

namespace rankwise::analysis {

/// One series. Lines of equal label look the same in every panel.
struct Line {
  std::string label;
  std::vector<double> x = {}, y = {};
  std::vector<double> low = {}, high = {};  // of the band, as long as y; NaN: none
  std::vector<double> beside = {};          // as long as y: for the CSV alone; empty: none

  void add(double at, double value, double from, double to);

  /// The mean of a few seeds' values with its 95 % t-interval, which one seed does not have.
  void add_mean(double at, const std::vector<double>& values);
};

struct LinePanel {
  std::string title;  // of the y-axis, where panels have their own
  std::vector<Line> lines;
};

/// Whether a point of it can be drawn.
bool has_numbers(const Line& line);

/// Whether no line has so many points that their markers would touch.
bool few_points(const std::vector<LinePanel>& panels);

}  // namespace rankwise::analysis

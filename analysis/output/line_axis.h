/// The x-axis of drawings of lines.
#pragma once

#include "analysis/output/round_axis.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// What the axis must hold and how it looks.
struct LineAxisStyle {
  std::vector<Tic> tics = {};  // empty: round numbers
  bool log = false;            // 0 has a place of its own, left of the least other value
  bool room = false;           // leave some between the places and the ends
  int steps = 6;               // between round numbers, at most
};

class LineAxis {
 public:
  /// Holds all tics and all of `places` that are finite. It is linear where a logarithmic one can
  /// not be: beside a value below zero, or zeros alone.
  LineAxis(std::vector<double> places, const LineAxisStyle& style);

  /// Where a value stands, from 0 at the left end to 1.
  double fraction(double value) const;

  /// Where a logarithmic axis is broken to hold 0, as fraction() gives it.
  std::optional<double> break_at() const;

  /// gnuplot's, with names at the tics or without.
  std::string commands(bool named) const;

 private:
  enum class Scale { linear, log, linear_below };

  void fit_linear(const std::vector<double>& places, const LineAxisStyle& style);
  void fit_log(const std::vector<double>& places);
  double along(double value) const;
  std::string scale_command() const;

  Scale scale_ = Scale::linear;
  double least_ = 0;  // scale linear_below: it is linear below this value, logarithmic beyond
  double low_ = 0, high_ = 1;
  std::vector<Tic> tics_;
};

}  // namespace rankwise::analysis

/// Labels whose configs differ in one number alone: the lines of a sweep.
#pragma once

#include "analysis/runs/run_set.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Labels that differ in the axis alone.
struct SweepLine {
  std::string name;                     // the variant, and what tells it from the other lines
  std::map<double, std::size_t> point;  // value of the axis -> group of the run set
};

struct ConfigSweep {
  std::string axis;                   // "options.rank"
  std::vector<SweepLine> lines;       // of two points or more, by the study's order
  std::vector<std::string> left_out;  // labels that no other one differs from in the axis alone
};

/// Every number of the configs in which labels differ alone, by name; seeds of random streams say
/// nothing by their size and are none. Throws Error where there is
/// none.
std::vector<std::string> sweep_axes(const RunSet& runs);

/// Sorts the labels into lines by their resolved configs, but for the label and the seed. Throws
/// Error where no line has two points, and for the seed of a random stream.
ConfigSweep find_sweep(const RunSet& runs, const std::string& axis);

}  // namespace rankwise::analysis

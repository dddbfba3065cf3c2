/// Runs sorted by what one thing in their config was set to.
#pragma once

#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// A run's value on an axis: an attribute of the run file ("label", "variant", "reading"), or a
/// dotted path in its config ("options.rank", "train.learning_rate"). "–" where it has none.
std::string axis_value(const Run& run, const std::string& axis);

/// Values of the finished runs: numbers rise, words come in the study's order. Throws Error where
/// no run has the axis; the message names the axes on which these runs differ.
std::vector<std::string> axis_values(const RunSet& set, const std::string& axis);

/// The same runs with a group for each value; "label" leaves them as they are. Throws Error where a
/// group would hold two runs of one seed, with what tells these apart.
RunSet group_by(const RunSet& set, const std::string& axis);

/// The runs with these values, "axis=value" each. Throws Error where none is left.
RunSet keep_where(const RunSet& set, const std::vector<std::string>& conditions);

/// Throws Error, as group_by() does, where two of the runs have one seed; `where` names the cell.
void check_one_run_a_seed(const std::vector<const Run*>& runs, const std::string& where);

}  // namespace rankwise::analysis

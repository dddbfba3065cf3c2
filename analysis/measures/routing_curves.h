/// How evenly ranks are used over training: entropy, dead ranks, load, and the bias that balances.
#pragma once

#include "analysis/runs/run_set.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// What is drawn, in the order of the panels.
const std::vector<std::string>& routing_measures();

/// Values of one label by measure and step of evaluation, one per seed. Over the sites that choose:
/// - "entropy, nats": of a task's distribution over ranks, mean over tasks and sites;
/// - "dead ranks, share": of all ranks that no dev token used;
/// - "load, max / mean": of a rank's dev tokens over all tasks, mean over sites;
/// - "balance bias, max - min": over the ranks of a site, mean over sites that have one.
/// A measure that nothing was recorded for has no entry.
using RoutingCurves = std::map<std::string, std::map<std::int64_t, std::vector<double>>>;

/// Empty where no site of the group's runs chooses.
RoutingCurves routing_curves(const RunGroup& group);

}  // namespace rankwise::analysis

#include "analysis/runs/chosen_labels.h"

#include "framework/core/error.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise::analysis {

RunSet choose_labels(const RunSet& runs, const std::vector<std::string>& labels) {
  if (labels.empty()) return runs;
  RunSet chosen = runs;
  chosen.groups.clear();
  for (const std::string& label : labels) {
    const auto found = std::find_if(runs.groups.begin(), runs.groups.end(),
                                    [&](const RunGroup& group) { return group.label == label; });
    check(found != runs.groups.end(), "unknown label '{}'; the labels are {}", label,
          fmt::join(runs.labels(), "; "));
    chosen.groups.push_back(*found);
  }
  return chosen;
}

bool several_seeds(const RunSet& runs) {
  return std::any_of(runs.groups.begin(), runs.groups.end(),
                     [](const RunGroup& group) { return group.runs.size() > 1; });
}

}  // namespace rankwise::analysis

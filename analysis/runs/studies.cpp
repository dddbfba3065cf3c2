#include "analysis/runs/studies.h"

#include <algorithm>

namespace rankwise::analysis {
namespace {

const std::string& study_of(const RunGroup& group) { return group.runs.front().study; }

/// The label without the study that load_runs() adds where studies share it.
std::string own_label(const Run& run) { return run.text("label"); }

}  // namespace

std::vector<std::string> studies_of(const RunSet& set) {
  std::vector<std::string> studies;
  for (const RunGroup& group : set.groups) {
    const bool known = std::find(studies.begin(), studies.end(), study_of(group)) != studies.end();
    if (!known) studies.push_back(study_of(group));
  }
  return studies;
}

RunSet part_of_study(const RunSet& set, const std::string& study) {
  RunSet part = set;
  std::erase_if(part.groups, [&](const RunGroup& group) { return study_of(group) != study; });
  for (RunGroup& group : part.groups) {
    group.label = own_label(group.runs.front());
    for (Run& run : group.runs) run.label = group.label;
  }
  for (auto* runs : {&part.failed, &part.running}) {
    std::erase_if(*runs, [&](const Run& run) { return run.study != study; });
  }
  return part;
}

}  // namespace rankwise::analysis

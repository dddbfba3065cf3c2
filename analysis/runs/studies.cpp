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

void heed(const std::vector<StudyFile>& studies, RunSet& set) {
  std::vector<std::string> metrics;
  for (const StudyFile& study : studies) {
    metrics.insert(metrics.end(), study.first_metrics.begin(), study.first_metrics.end());
    for (const auto& [label, note] : study.row_notes) {
      for (const RunGroup& group : set.groups) {
        const bool meant = study_of(group) == study.name && own_label(group.runs.front()) == label;
        if (meant) set.row_notes[group.label] = note;
      }
    }
  }
  lead_with(set, metrics);
  if (studies.size() == 1 && studies_of(set).size() == 1) set.reference = studies[0].reference;
}

}  // namespace rankwise::analysis

/// The studies that a set's runs belong to.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/study/study_file.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// Their names, in the order of the groups.
std::vector<std::string> studies_of(const RunSet& set);

/// The runs of one study under the labels that the study gives them.
RunSet part_of_study(const RunSet& set, const std::string& study);

/// Takes what study files say of their runs: which metrics lead, in all of the set, what the rows
/// are, and, of one study, with which label tables compare. Throws Error for a metric that the runs
/// lack.
void heed(const std::vector<StudyFile>& studies, RunSet& set);

}  // namespace rankwise::analysis

/// The sentences that a study file says of its results, with numbers from the tables.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/study/study_file.h"

#include <cstddef>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct Findings {
  std::vector<std::string> texts;
  std::size_t open = 0;  // those left out, whose cells these runs do not have
};

/// The study's findings, a cell in place of each reference:
///
///     {table:row:column}    {ablation:frozen:difference}
///
/// The table is made of the study's runs with the options that the study file gives it; the row is
/// its first cell, or its first cells joined by " | ", and the column a heading. A colon that
/// belongs to a name is followed by a space.
Findings fill_findings(const StudyFile& study, const RunSet& runs);

}  // namespace rankwise::analysis

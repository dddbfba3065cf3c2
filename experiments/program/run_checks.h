/// What can be told about a study before any of it is trained.
#pragma once

#include "framework/run/run.h"
#include "framework/study/study_file.h"

#include <functional>
#include <vector>

namespace rankwise {

/// Throws Error for a table or figure under `tables` or `figures` of the file that there is not.
void check_outputs(const StudyFile& file);

/// Throws Error where data are missing or do not fit; of the runs that `needs_training` names also
/// where their parts do not fit each other, or where they need more memory than this machine has.
/// Reads each suite once, makes no model.
void check_runs(const std::vector<RunJob>& jobs,
                const std::function<bool(const RunJob&)>& needs_training);

}  // namespace rankwise

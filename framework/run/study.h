/// A study's runs, resolved: every default filled in, every name checked.
#pragma once

#include "framework/run/run.h"
#include "framework/study/study_file.h"

#include <vector>

namespace rankwise {

struct Study {
  StudyFile file;
  std::vector<RunConfig> runs;  // of file.runs, in their order
};

/// Plug-ins that the file names must have been loaded (plugin.h). Throws Error with file and place
/// for anything unknown or out of range.
Study resolve_study(StudyFile file);

/// How a study's runs are executed; none of it changes a result.
struct JobSettings {
  Paths paths;
  std::string device = "cpu";
  std::int64_t threads = 1;
};

/// Every run with its identity. Throws Error where data or weights are missing or do not fit.
std::vector<RunJob> jobs_of(const Study& study, const JobSettings& settings);

}  // namespace rankwise

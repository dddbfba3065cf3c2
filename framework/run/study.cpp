#include "framework/run/study.h"

#include "framework/run/identify.h"

namespace rankwise {

Study resolve_study(StudyFile file) {
  Study study{std::move(file), {}};
  study.runs.reserve(study.file.runs.size());
  for (const StudyRun& run : study.file.runs) {
    study.runs.push_back(resolve_run(run.members, run.place));
  }
  return study;
}

std::vector<RunJob> jobs_of(const Study& study, const JobSettings& settings) {
  ContentReader contents(settings.paths);
  std::vector<RunJob> jobs;
  for (std::size_t i = 0; i < study.runs.size(); ++i) {
    const RunConfig& config = study.runs[i];
    jobs.push_back({.config = config,
                    .identity = identify(config, contents.of(config)),
                    .study = study.file.name,
                    .note = study.file.note,
                    .reproduces = study.file.reproduces,
                    .study_file = study.file.path.filename(),
                    .order = study.file.runs[i].row,
                    .paths = settings.paths,
                    .device = settings.device,
                    .threads = settings.threads});
  }
  return jobs;
}

}  // namespace rankwise

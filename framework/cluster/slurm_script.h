/// The script by which Slurm runs a study: an array of jobs, a task for each run.
#pragma once

#include "framework/cluster/cluster_file.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace rankwise {

struct SlurmArray {
  std::string study;
  std::size_t tasks = 0;
  ClusterOptions cluster;
  std::filesystem::path folder;   // of the array's files (submission.h), absolute
  std::filesystem::path program;  // this program, absolute
  std::filesystem::path here;     // where it is called, absolute: paths in orders begin there
};

/// A script for bash and sbatch. Near the end of its time a task's run is told to save itself, and
/// the task is queued again; one that is cancelled is not. Throws Error where a path can not stand
/// in it.
std::string slurm_script(const SlurmArray& array);

}  // namespace rankwise

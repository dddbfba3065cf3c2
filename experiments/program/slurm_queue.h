/// Calls of Slurm's own programs.
#pragma once

#include "framework/cluster/submission.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// Gives the script to sbatch; the number of the job. Throws Error with sbatch's own words, or
/// where there is no sbatch.
std::string submit_script(const std::filesystem::path& script);

/// How a task stands in the queue.
struct QueuedTask {
  std::string name;    // "123_4"
  std::string state;   // "PENDING", "RUNNING", "COMPLETING", ...
  std::string reason;  // why it waits: "Resources"; "None" where it does not
};

/// What squeue says of the tasks that are queued or running, by the names of their run files. Empty
/// where it says nothing within a second: then Slurm's part is not known.
std::map<std::string, QueuedTask> queued_tasks(const std::vector<Submission>& submissions);

}  // namespace rankwise

/// What an array of jobs leaves beside the run files of its study: results/<study>/slurm/<time>/
/// with the script, the orders that its tasks carry out, their logs, and the number of its job.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// What one task of an array is to do.
struct ArrayTask {
  std::string order;  // one line of JSON, as a worker takes it (workers.h)
  std::string file;   // name of the finished run file in the study's folder
};

struct Submission {
  std::filesystem::path folder;
  std::string job;                 // Slurm's number; empty before it is submitted
  std::vector<std::string> files;  // of the tasks, by their indices
};

/// slurm/<time>/ below the study's folder, which nobody has; made, empty. Throws Error where it
/// can not be.
std::filesystem::path make_submission_folder(const std::filesystem::path& study_folder);

std::filesystem::path orders_path(const std::filesystem::path& folder);  // a line a task
std::filesystem::path script_path(const std::filesystem::path& folder);

/// Writes the orders and the script. Throws Error where they can not be written.
void write_submission(const std::filesystem::path& folder, const std::vector<ArrayTask>& tasks,
                      const std::string& script);

/// Notes the job's number, from when on submissions() has it.
void note_job(const std::filesystem::path& folder, const std::vector<ArrayTask>& tasks,
              const std::string& job);

/// The order of one task. Throws Error where the file has no such line.
std::string read_order(const std::filesystem::path& orders, std::size_t task);

/// All that were submitted, by time; damaged ones are left out.
std::vector<Submission> submissions(const std::filesystem::path& study_folder);

}  // namespace rankwise

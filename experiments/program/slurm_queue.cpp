#include "experiments/program/slurm_queue.h"

#include "analysis/output/process.h"
#include "framework/core/error.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <charconv>
#include <sstream>

namespace rankwise {
namespace {

// "123_4" -> {"123", 4}; a task that is not told apart yet ("123_[5-9]") has none.
std::optional<std::pair<std::string, std::size_t>> job_and_task(const std::string& name) {
  const auto line = name.find('_');
  if (line == std::string::npos) return std::nullopt;
  std::size_t task = 0;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + line + 1, end, task);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return std::pair(name.substr(0, line), task);
}

std::string squeue(const std::string& jobs) {
  try {
    const auto result = analysis::run_process(
        {"squeue", "--noheader", "--array", "--jobs=" + jobs, "--format=%i|%T|%r"}, "/",
        std::chrono::seconds(1));
    return result && result->exit_code == 0 ? result->output : "";
  } catch (const Error&) {  // too slow
    return "";
  }
}

}  // namespace

std::string submit_script(const std::filesystem::path& script) {
  const auto result = analysis::run_process({"sbatch", "--parsable", script.string()},
                                            std::filesystem::current_path());
  check(result.has_value(),
        "there is no sbatch on PATH; {} is written, for a machine that has Slurm", script.string());
  check(result->exit_code == 0, "sbatch refused {}: {}", script.string(),
        printable(first_line(result->errors)));
  return result->output.substr(0, result->output.find_first_of(";\n"));  // behind it: the cluster
}

std::map<std::string, QueuedTask> queued_tasks(const std::vector<Submission>& submissions) {
  std::map<std::string, const Submission*> by_job;
  std::vector<std::string> jobs;
  for (const Submission& submission : submissions) {
    by_job[submission.job] = &submission;
    jobs.push_back(submission.job);
  }
  std::map<std::string, QueuedTask> queued;
  if (jobs.empty()) return queued;
  std::istringstream lines(squeue(fmt::to_string(fmt::join(jobs, ","))));
  for (std::string name, state, reason; std::getline(lines, name, '|') &&
                                        std::getline(lines, state, '|') &&
                                        std::getline(lines, reason);) {
    const auto task = job_and_task(name);
    const auto found = task ? by_job.find(task->first) : by_job.end();
    if (found == by_job.end() || task->second >= found->second->files.size()) continue;
    queued[found->second->files[task->second]] = {name, state, reason};
  }
  return queued;
}

}  // namespace rankwise

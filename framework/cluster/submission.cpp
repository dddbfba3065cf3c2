#include "framework/cluster/submission.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_file.h"
#include "framework/core/provenance.h"
#include "framework/io/atomic_file.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path parent_of(const fs::path& study_folder) { return study_folder / "slurm"; }

fs::path job_path(const fs::path& folder) { return folder / "job.json"; }

/// Nothing where it was never submitted.
std::optional<Submission> submission_in(const fs::path& folder) {
  try {
    const json value = read_json(job_path(folder));
    return Submission{folder, value.at("job"), value.at("files")};
  } catch (const Error&) {
    return std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

fs::path orders_path(const fs::path& folder) { return folder / "tasks.jsonl"; }

fs::path script_path(const fs::path& folder) { return folder / "script.sh"; }

fs::path make_submission_folder(const fs::path& study_folder) {
  std::string time = utc_now();
  std::erase(time, ':');
  for (int number = 1;; ++number) {
    const std::string name = number == 1 ? time : fmt::format("{}-{}", time, number);
    const fs::path folder = parent_of(study_folder) / name;
    create_parent_folder(folder);
    std::error_code error;
    if (fs::create_directory(folder, error)) return folder;
    check(!error, "{}: the folder cannot be created: {}", folder.string(), error.message());
  }
}

void write_submission(const fs::path& folder, const std::vector<ArrayTask>& tasks,
                      const std::string& script) {
  std::string orders;
  for (const ArrayTask& task : tasks) orders += task.order + "\n";
  write_file(orders_path(folder), orders);
  write_file(script_path(folder), script);
}

void note_job(const fs::path& folder, const std::vector<ArrayTask>& tasks, const std::string& job) {
  json files = json::array();
  for (const ArrayTask& task : tasks) files.push_back(task.file);
  write_file(job_path(folder), json{{"job", job}, {"files", files}}.dump(1) + "\n");
}

std::string read_order(const fs::path& orders, std::size_t task) {
  std::ifstream file(orders);
  check(file.good(), "{}: cannot be read", orders.string());
  std::string line;
  for (std::size_t number = 0; std::getline(file, line); ++number) {
    if (number == task) return line;
  }
  fail("{}: has no task {}", orders.string(), task);
}

std::vector<Submission> submissions(const fs::path& study_folder) {
  std::vector<Submission> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent_of(study_folder), error)) {
    if (auto submission = submission_in(entry.path())) found.push_back(std::move(*submission));
  }
  std::sort(found.begin(), found.end(),
            [](const Submission& a, const Submission& b) { return a.folder < b.folder; });
  return found;
}

}  // namespace rankwise

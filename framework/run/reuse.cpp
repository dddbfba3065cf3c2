#include "framework/run/reuse.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"
#include "framework/io/json_attributes.h"
#include "framework/io/lease.h"
#include "framework/record/run_reader.h"
#include "framework/run/parameter_files.h"

#include <algorithm>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

bool has_parameters(const fs::path& run, const KeptParameters& kept) {
  const std::vector<fs::path> files = parameter_files(run, kept);
  return std::all_of(files.begin(), files.end(),
                     [](const fs::path& file) { return fs::exists(file); });
}

bool is_run_of(const fs::path& file, const std::string& config_hash) {
  const RunFile run(file);
  return run.status() == "finished" && run.attributes().value("config_hash", "") == config_hash;
}

void set_attributes(const fs::path& run, const nlohmann::json& attributes) {
  hdf5::File file = hdf5::File::open_for_writing(run);
  write_json_attributes(file, "/", attributes);
  file.close();
}

/// A copy that nobody sees before it is whole and `change` has been at it.
template <class Change>
void copy_as(const fs::path& from, const fs::path& to, Change change) {
  fs::path unready = to;
  unready += ".new";
  duplicate_file(from, unready);
  change(unready);
  commit_file(unready, to);
}

}  // namespace

std::optional<fs::path> find_reusable(const RunJob& job, const std::vector<fs::path>& folders) {
  const std::string ending = run_file_ending(job.config, job.identity);
  for (const fs::path& folder : folders) {
    check(fs::is_directory(folder), "--reuse {}: there is no such folder of run files",
          folder.string());
    for (const auto& entry : fs::directory_iterator(folder)) {
      const fs::path& file = entry.path();
      if (!file.filename().string().ends_with(ending)) continue;
      if (!has_parameters(file, job.config.record.parameters)) continue;
      if (is_run_of(file, job.identity.config_hash)) return file;
    }
  }
  return std::nullopt;
}

bool reuse(const RunJob& job, const fs::path& run) {
  const fs::path target = run_file(job);
  create_parent_folder(target);
  const auto lease = Lease::try_take(lock_path(target));
  if (!lease) return false;
  const RunFile reused(run);
  const RunScale scale{static_cast<std::int64_t>(reused.layout().tasks.size()),
                       reused.attributes().at("steps")};
  nlohmann::json attributes = study_attributes(job, scale);
  attributes["taken_from"] = (run.parent_path().filename() / run.filename()).string();
  const std::vector<fs::path> from = parameter_files(run, job.config.record.parameters);
  const std::vector<fs::path> to = parameter_files(target, job.config.record.parameters);
  for (std::size_t i = 0; i < from.size(); ++i) copy_as(from[i], to[i], [](const fs::path&) {});
  copy_as(run, target, [&](const fs::path& copy) { set_attributes(copy, attributes); });
  return true;
}

}  // namespace rankwise

#include "analysis/runs/run_set.h"

#include "framework/core/error.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// Finished and failed runs end in .h5; one being written, or left by a kill, in .h5.partial.
bool looks_like_run_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".h5") || name.ends_with(".h5.partial");
}

/// A run file, or the runs of a summary's file.
void add_file(const fs::path& path, std::set<fs::path>& files) {
  if (!is_summary_file(path)) {
    files.insert(path.lexically_normal());
    return;
  }
  for (const fs::path& run : summary_runs(path)) files.insert(run.lexically_normal());
}

/// The files in a folder and those below it, but for a summary there.
void add_files(const fs::path& folder, int levels_below, std::set<fs::path>& files) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) {
      const bool summary = entry.path().filename() == kSummaryFolder;
      if (levels_below > 0 && !summary) add_files(entry.path(), levels_below - 1, files);
    } else if (looks_like_run_file(entry.path())) {
      add_file(entry.path(), files);
    }
  }
}

/// A folder's run files, or its summary where the files themselves are gone.
void add_folder(const fs::path& folder, std::set<fs::path>& files) {
  std::set<fs::path> found;
  add_files(folder, 1, found);
  if (found.empty() && fs::is_directory(folder / kSummaryFolder)) {
    add_files(folder / kSummaryFolder, 0, found);
  }
  files.merge(found);
}

std::set<fs::path> find_files(const std::vector<fs::path>& paths) {
  std::set<fs::path> files;
  for (const fs::path& path : paths) {
    check(fs::exists(path) || is_in_summary(path),
          "{}: no such file or folder; expected run files (*.h5)", path.string());
    if (fs::is_directory(path)) {
      add_folder(path, files);
    } else {
      add_file(path, files);
    }
  }
  return files;
}

Run read_run(const fs::path& path) {
  const RunFile file(path);
  Run run;
  run.path = path;
  run.attributes = file.attributes();
  run.status = file.status();
  run.study = run.text("study");
  run.label = run.text("label");
  run.error = first_line(run.text("error"));
  run.protocol_hash = run.text("protocol_hash");
  run.config_hash = run.text("config_hash");
  run.seed = run.attributes.value("seed", std::int64_t{0});
  run.order = run.attributes.value("order", std::int64_t{0});
  check(!run.label.empty(), "{}: has no attribute 'label'", path.string());
  return run;
}

/// Writes "label (study)" where several studies use a label.
void separate_studies(std::vector<Run>& runs) {
  std::map<std::string, std::set<std::string>> studies;
  for (const Run& run : runs) studies[run.label].insert(run.study);
  for (Run& run : runs) {
    if (studies[run.label].size() > 1) run.label = fmt::format("{} ({})", run.label, run.study);
  }
}

/// True when `next` is `run` again: the same run found twice. Throws Error when it is another one.
bool same_run(const Run& run, const Run& next) {
  if (run.label != next.label || run.seed != next.seed) return false;
  check(run.config_hash == next.config_hash,
        "{} and {} are both '{}' with seed {} but differ in their options; move the one away that "
        "does not belong to the study",
        run.path.string(), next.path.string(), run.label, run.seed);
  return true;
}

std::vector<RunGroup> group_by_label(std::vector<Run> runs) {
  std::map<std::string, std::int64_t> order;  // of a label: the first of its runs
  for (const Run& run : runs) {
    const auto [found, added] = order.emplace(run.label, run.order);
    if (!added) found->second = std::min(found->second, run.order);
  }
  const auto key = [&](const Run& run) {
    return std::tie(run.study, order.at(run.label), run.label, run.seed, run.path);
  };
  std::sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) { return key(a) < key(b); });
  std::vector<RunGroup> groups;
  for (Run& run : runs) {
    if (groups.empty() || groups.back().label != run.label) groups.push_back({run.label, {}});
    std::vector<Run>& members = groups.back().runs;
    if (members.empty() || !same_run(members.back(), run)) members.push_back(std::move(run));
  }
  return groups;
}

}  // namespace

std::string Run::text(const std::string& name) const {
  const auto found = attributes.find(name);
  if (found == attributes.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::vector<std::string> RunSet::labels() const {
  std::vector<std::string> result;
  for (const RunGroup& group : groups) result.push_back(group.label);
  return result;
}

RunSet load_runs(const std::vector<fs::path>& paths) {
  RunSet set;
  std::vector<Run> finished;
  for (const fs::path& path : find_files(paths)) {
    try {
      Run run = read_run(path);
      (run.status == "finished" ? finished
       : run.status == "failed" ? set.failed
                                : set.running)
          .push_back(std::move(run));
    } catch (const std::exception& error) {  // a foreign or broken file must not spoil the others
      const std::string line = first_line(error.what());
      const bool named = line.find(path.string()) != std::string::npos;
      set.warnings.push_back(named ? line : path.string() + ": " + line);
    }
  }
  separate_studies(finished);
  set.groups = group_by_label(std::move(finished));
  if (set.groups.empty()) {
    std::vector<std::string> places;
    places.reserve(paths.size());
    for (const fs::path& path : paths) places.push_back(path.string());
    fail("{}: no finished runs ({} failed, {} unfinished, {} unreadable); {}",
         fmt::join(places, ", "), set.failed.size(), set.running.size(), set.warnings.size(),
         set.warnings.empty() ? "run the study first"
                              : fmt::to_string(fmt::join(set.warnings, "; ")));
  }
  return set;
}

}  // namespace rankwise::analysis

#include "analysis/runs/run_set.h"

#include "analysis/runs/config_difference.h"
#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/core/nearest.h"
#include "framework/record/run_folder.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// Runs by path, and a line for each thing that only looks like a run file.
struct FoundFiles {
  std::set<fs::path> files;
  std::vector<std::string> skipped;
};

/// A run file, or the runs of a summary's file.
void add_file(const fs::path& path, FoundFiles& found) {
  if (!is_summary_file(path)) {
    found.files.insert(path.lexically_normal());
    return;
  }
  for (const fs::path& run : summary_runs(path)) found.files.insert(run.lexically_normal());
}

/// The run files in a folder and in those below it; its summary among these is left for later.
void add_files(const fs::path& folder, int levels_below, FoundFiles& found) {
  RunFolder listed = list_run_folder(folder);
  for (const fs::path& file : listed.files) add_file(file, found);
  std::move(listed.skipped.begin(), listed.skipped.end(), std::back_inserter(found.skipped));
  if (levels_below == 0) return;
  for (const fs::path& below : listed.folders) {
    if (below.filename() != kSummaryFolder) add_files(below, levels_below - 1, found);
  }
}

/// A folder's run files, or its summary where the files themselves are gone.
void add_folder(const fs::path& folder, FoundFiles& found) {
  const std::size_t before = found.files.size();
  add_files(folder, 1, found);
  if (found.files.size() == before && fs::is_directory(folder / kSummaryFolder)) {
    add_files(folder / kSummaryFolder, 0, found);
  }
}

/// What stands beside a path that there is not, or below results/ where it is a name alone.
std::string nearby(const fs::path& path) {
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path("results");
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(parent, missing)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  const std::string name = path.filename().string();
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    return fmt::format(" (did you mean '{}'?)", (parent / name).string());
  }
  return did_you_mean(name, names);
}

FoundFiles find_files(const std::vector<fs::path>& paths) {
  FoundFiles found;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    check(fs::exists(status) || is_in_summary(path),
          "{}: no such file or folder{}; expected run files (*.h5)", path.string(), nearby(path));
    if (fs::is_directory(status)) {
      add_folder(path, found);
    } else {
      add_file(path, found);
    }
  }
  return found;
}

Run read_run(const fs::path& path, const std::shared_ptr<OpenRuns>& opened) {
  Run run;
  run.path = path;
  run.opened = opened;
  const RunFile& file = run.file();
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

bool is_stale(const Run& run) { return !run.text("stale").empty(); }

/// "train.steps 100 → 200; created 2026-11-23T00:00:04Z and 2026-11-26T12:00:00Z"
std::string differences_of(const Run& a, const Run& b) {
  std::vector<std::string> parts;
  for (const LeafDifference& difference :
       differences(a.attributes.value("config", nlohmann::json::object()),
                   b.attributes.value("config", nlohmann::json::object()))) {
    parts.push_back(to_text(difference));
  }
  parts.push_back(fmt::format("created {} and {}", a.text("created"), b.text("created")));
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// Adds a run of a label, by seed, unless it is there already. A stale run gives way to one that
/// was trained since. Throws Error where two differ otherwise.
void add_run(std::vector<Run>& members, Run run) {
  if (members.empty() || members.back().seed != run.seed) {
    members.push_back(std::move(run));
    return;
  }
  Run& there = members.back();
  if (is_stale(there) != is_stale(run)) {
    if (is_stale(there)) there = std::move(run);
    return;
  }
  check(there.config_hash == run.config_hash,
        "{} and {} are both '{}' with seed {} but differ ({}); move the one away that does not "
        "belong to the study",
        there.path.string(), run.path.string(), there.label, there.seed,
        differences_of(there, run));
}

/// What two seeds of a row may differ in: its name and what a seed is. Members that only one of
/// the two recorded are of another version of the program.
std::vector<LeafDifference> other_settings(const Run& a, const Run& b) {
  std::vector<LeafDifference> found =
      differences(a.attributes.value("config", nlohmann::json::object()),
                  b.attributes.value("config", nlohmann::json::object()));
  std::erase_if(found, [](const LeafDifference& difference) {
    const bool of_one = difference.a == kNoLeaf || difference.b == kNoLeaf;
    return of_one || difference.path == "label" || difference.path == "group" ||
           difference.path == "seed";
  });
  return found;
}

/// Without a copy: of a thousand runs nearly all are alike. False where other_settings() is to say
/// what differs, if anything does.
bool have_equal_members(const Run& a, const Run& b) {
  const auto of_a = a.attributes.find("config"), of_b = b.attributes.find("config");
  if (of_a == a.attributes.end() || of_b == b.attributes.end()) return true;
  return std::ranges::all_of(of_a->items(), [&](const auto& member) {
    const std::string& name = member.key();
    const auto other = of_b->find(name);
    return name == "label" || name == "group" || name == "seed" || other == of_b->end() ||
           *other == member.value();
  });
}

/// A mean over seeds of two configurations would be of neither.
void check_one_config(const RunGroup& group) {
  const Run& first = group.runs.front();
  for (const Run& run : group.runs) {
    if (have_equal_members(first, run)) continue;
    const std::vector<LeafDifference> others = other_settings(first, run);
    check(others.empty(),
          "{} and {} are both '{}' but differ ({}); move the one away that does not belong to the "
          "study, or train it under a label of its own",
          first.path.string(), run.path.string(), group.label,
          others.empty() ? "" : to_text(others.front()));
  }
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
    add_run(groups.back().runs, std::move(run));
  }
  for (const RunGroup& group : groups) check_one_config(group);
  return groups;
}

/// The first reasons why there is nothing to show: twenty runs of one file have them in common.
std::string some_of(const std::vector<std::string>& reasons) {
  constexpr std::size_t kMost = 3;
  if (reasons.empty()) return "run the study first";
  const auto shown = static_cast<std::ptrdiff_t>(std::min(reasons.size(), kMost));
  const std::string text =
      fmt::to_string(fmt::join(reasons.begin(), reasons.begin() + shown, "; "));
  return reasons.size() <= kMost ? text
                                 : fmt::format("{}; and {} more", text, reasons.size() - kMost);
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
  const auto opened = std::make_shared<OpenRuns>();
  FoundFiles found = find_files(paths);
  set.skipped = std::move(found.skipped);
  for (const fs::path& path : found.files) {
    try {
      Run run = read_run(path, opened);
      (run.status == "finished" ? finished
       : run.status == "failed" ? set.failed
                                : set.running)
          .push_back(std::move(run));
    } catch (const std::exception& error) {  // a foreign or broken file must not spoil the others
      const std::string line = plain_message(error);
      const bool named = line.find(path.string()) != std::string::npos;
      set.warnings.push_back(named ? line : path.string() + ": " + line);
    }
  }
  separate_studies(finished);
  set.groups = group_by_label(std::move(finished));
  if (set.groups.empty()) {
    std::vector<std::string> places, reasons = set.warnings;
    reasons.insert(reasons.end(), set.skipped.begin(), set.skipped.end());
    places.reserve(paths.size());
    for (const fs::path& path : paths) places.push_back(path.string());
    fail("{}: no finished runs ({} failed, {} unfinished, {} unreadable); {}",
         fmt::join(places, ", "), set.failed.size(), set.running.size(), set.warnings.size(),
         some_of(reasons));
  }
  return set;
}

void lead_with(const RunSet& runs, const std::vector<std::string>& metrics) {
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) run.opened->lead_with(metrics);
  }
}

}  // namespace rankwise::analysis

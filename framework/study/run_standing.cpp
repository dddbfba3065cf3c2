#include "framework/study/run_standing.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/io/hdf5.h"
#include "framework/io/hdf5_end.h"
#include "framework/io/json_attributes.h"
#include "framework/io/lease_file.h"
#include "framework/record/lock_path.h"
#include "framework/record/run_file.h"
#include "framework/record/summary_reader.h"
#include "framework/study/study_plan.h"

#include <array>
#include <charconv>
#include <regex>
#include <set>
#include <system_error>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using FileNames = std::set<std::string>;

constexpr std::array<std::pair<RunState, const char*>, 5> kStates{{{RunState::kDone, "done"},
                                                                   {RunState::kRunning, "running"},
                                                                   {RunState::kPending, "pending"},
                                                                   {RunState::kStalled, "stalled"},
                                                                   {RunState::kFailed, "failed"}}};

FileNames names_in(const fs::path& folder) {
  std::error_code error;
  FileNames names;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    names.insert(entry.path().filename().string());
  }
  check(!error, "{}: cannot be read: {}; expected the folder of a study's run files",
        folder.string(), error.message());
  return names;
}

// FileNames of runs whose files are gone, but for the study's summary.
FileNames summarised(const fs::path& folder) {
  FileNames names;
  const fs::path summary = folder / kSummaryFolder;
  if (!fs::is_directory(summary)) return names;
  for (const fs::path& run : summary_runs(summary)) names.insert(run_name(run));
  return names;
}

std::string lock_name(const std::string& file) { return lock_path(file).string(); }

// "lora-s3-0123456789.h5" as label (of the name, where the plan does not say) and seed; nothing for
// what is no run's name.
std::optional<PlanEntry> entry_of(const std::string& file) {
  static const std::regex kName(R"(^(.+)-s(\d+)-[0-9a-f]{10}\.h5$)");
  std::smatch parts;
  if (!std::regex_match(file, parts, kName)) return std::nullopt;
  PlanEntry entry{parts[1], 0, file};
  const std::string seed = parts[2];
  std::from_chars(seed.data(), seed.data() + seed.size(), entry.seed);
  return entry;
}

// The finished file's name of whatever lies beside it.
std::string finished_name(const std::string& name) {
  for (const char* ending : {".failed.h5", ".h5.partial", ".lock", ".h5"}) {
    if (name.ends_with(ending)) {
      return name.substr(0, name.size() - std::string_view(ending).size()) + ".h5";
    }
  }
  return "";
}

std::string words(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.0f} h", seconds / 3600);
}

std::string error_in(const fs::path& failed) {
  try {
    return first_line(
        read_json_attributes(hdf5::File::open(failed), "/").value("error", "it does not say why"));
  } catch (const std::exception& error) {
    return plain_message(error);
  }
}

void stall(RunStanding& run, std::string why) {
  run.state = RunState::kStalled;
  run.why = std::move(why);
}

// What the file of a lease says, which may just be created, or given back.
void judge_lease(const std::string& text, std::int64_t now, RunStanding& run) {
  run.state = RunState::kRunning;
  run.lease = parse_lease_note(text);
  if (!run.lease) return stall(run, "its lock does not say who holds it");
  run.silent_seconds = static_cast<double>(now - run.lease->beat_at);
  const json& about = run.lease->about;
  if (about.is_object()) run.progress = about.value("progress", json());
  if (has_ended(*run.lease)) {
    stall(run, fmt::format("{} has ended without a word", run.lease->holder()));
  } else if (*run.silent_seconds > run.lease->seconds) {
    stall(run, fmt::format("no sign of life for {} from {}", words(*run.silent_seconds),
                           run.lease->holder()));
  }
}

// "demo", of "results/demo/" too.
std::string name_of(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

class Folder {
 public:
  Folder(const fs::path& folder, std::int64_t now)
      : folder_(folder), now_(now), names_(names_in(folder)), summarised_(summarised(folder)) {}

  RunStanding standing(const PlanEntry& entry) const {
    RunStanding run{entry.label, entry.seed, entry.file, RunState::kPending, ""};
    const std::string partial = partial_path(entry.file).string();
    const std::string failed = failed_path(entry.file).string();
    const auto lease = names_.contains(lock_name(entry.file))
                           ? read_lease_file(folder_ / lock_name(entry.file))
                           : std::nullopt;
    const bool done = names_.contains(entry.file) || summarised_.contains(run_name(entry.file));
    if (lease) {
      judge_lease(*lease, now_, run);
    } else if (done) {
      run.state = RunState::kDone;
      if (const std::string missing = hdf5::missing_end(folder_ / entry.file); !missing.empty()) {
        run.state = RunState::kFailed;
        run.why = missing + "; delete the file to train the run anew, or copy it again";
      }
    } else if (names_.contains(partial)) {
      run.why = "was stopped; goes on from its last checkpoint";
    } else if (names_.contains(failed)) {
      run.state = RunState::kFailed;
      run.why = error_in(folder_ / failed);
    }
    if (done && run.state == RunState::kStalled) run.state = RunState::kDone;
    return run;
  }

  // What lies here of runs, by their finished files' names.
  FileNames runs() const {
    FileNames found;
    for (const std::string& name : names_) {
      if (const std::string run = finished_name(name); entry_of(run)) found.insert(run);
    }
    for (const std::string& name : summarised_) found.insert(name + ".h5");
    return found;
  }

 private:
  fs::path folder_;
  std::int64_t now_;
  FileNames names_, summarised_;
};

// Null where there is none.
json or_null(const auto& value) { return value ? json(*value) : json(); }

json to_json(const RunStanding& run) {
  json value{{"label", run.label},
             {"seed", run.seed},
             {"file", run.file},
             {"state", to_string(run.state)},
             {"why", run.why},
             {"host", run.lease ? json(run.lease->host) : json()},
             {"process", run.lease ? json(run.lease->process) : json()},
             {"started", run.lease ? json(run.lease->started) : json()},
             {"silent_seconds", or_null(run.silent_seconds)},
             {"step", json()},
             {"steps", json()},
             {"loss", json()},
             {"tokens_per_second", json()},
             {"seconds_left", json()}};
  if (!run.progress.is_object()) return value;
  for (const char* name : {"step", "steps", "loss", "tokens_per_second", "seconds_left"}) {
    value[name] = run.progress.value(name, json());
  }
  return value;
}

}  // namespace

const char* to_string(RunState state) {
  for (const auto& [known, word] : kStates) {
    if (known == state) return word;
  }
  fail("a run's state without a word");
}

StudyStanding study_standing(const fs::path& folder, std::int64_t now) {
  const StudyPlan plan = read_plan(folder);
  const Folder found(folder, now);
  StudyStanding standing{plan.study.empty() ? name_of(folder) : plan.study, {}};
  for (const auto& [state, word] : kStates) standing.counts[state] = 0;
  FileNames files;
  for (const PlanEntry& entry : plan.runs) {
    standing.runs.push_back(found.standing(entry));
    files.insert(entry.file);
  }
  for (const std::string& file : found.runs()) {
    const auto entry = entry_of(file);
    if (!entry || files.contains(file)) continue;
    const RunStanding run = found.standing(*entry);
    if (plan.runs.empty() || run.lease) {
      standing.runs.push_back(run);
    } else {
      ++standing.others;
    }
  }
  for (const RunStanding& run : standing.runs) ++standing.counts[run.state];
  return standing;
}

int exit_code(const StudyStanding& standing) {
  const auto count = [&](RunState state) { return standing.counts.at(state); };
  if (count(RunState::kPending) + count(RunState::kRunning) + count(RunState::kStalled) > 0) {
    return kRunsLeft;
  }
  return count(RunState::kFailed) > 0 ? kSomeFailed : 0;
}

json to_json(const StudyStanding& standing) {
  json value{{"study", standing.study}, {"counts", json::object()}, {"runs", json::array()}};
  for (const auto& [state, count] : standing.counts) value["counts"][to_string(state)] = count;
  value["others"] = standing.others;
  value["exit_code"] = exit_code(standing);
  for (const RunStanding& run : standing.runs) value["runs"].push_back(to_json(run));
  return value;
}

}  // namespace rankwise

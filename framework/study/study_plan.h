/// The runs that a study consists of, as `rankwise run` was last asked for them: beside the run
/// files, so that others can tell what is left to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

struct PlanEntry {
  std::string label;
  std::int64_t seed = 0;
  std::string file;  // name of the finished run file in the study's folder
  bool operator==(const PlanEntry&) const = default;
};

struct StudyPlan {
  std::string study;
  std::vector<PlanEntry> runs;
  bool operator==(const StudyPlan&) const = default;
};

/// results/<study>/plan.json
std::filesystem::path plan_path(const std::filesystem::path& folder);

/// Empty where the folder has none. Throws Error where it is damaged.
StudyPlan read_plan(const std::filesystem::path& folder);

/// What `plan` becomes when a part of the study is asked for: its runs replace those of the same
/// label and seed, and join the others.
StudyPlan updated_plan(const StudyPlan& plan, const StudyPlan& asked);

/// Replaces the file where it says something else. Throws Error where it cannot be written.
void write_plan(const std::filesystem::path& folder, const StudyPlan& plan);

}  // namespace rankwise

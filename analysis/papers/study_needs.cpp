#include "analysis/papers/study_needs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A text below the run's section; empty where it has none.
std::string text_of(const json& run, const char* section, const char* member) {
  const json found = run.value(section, json::object());
  return found.is_object() ? found.value(member, "") : "";
}

/// "3 epochs", "600 steps", as a run has it.
std::string budget_of(const json& run) {
  const json train = run.value("train", json::object());
  for (const char* unit : {"epochs", "steps"}) {
    const json count = train.value(unit, json());
    if (count.is_null()) continue;
    const std::string name = count == 1 ? std::string(unit, std::strlen(unit) - 1) : unit;
    return fmt::format("{} {}", count.dump(), name);
  }
  return "default steps";
}

}  // namespace

StudyNeeds study_needs(const StudyFile& study) {
  StudyNeeds needs{.runs = study.runs.size()};
  std::vector<std::string> budgets;
  for (const StudyRun& run : study.runs) {
    const std::string budget = budget_of(run.members);
    if (std::find(budgets.begin(), budgets.end(), budget) == budgets.end()) {
      budgets.push_back(budget);
    }
    const RunData data{text_of(run.members, "backbone", "name"),
                       text_of(run.members, "backbone", "weights"),
                       text_of(run.members, "data", "suite")};
    if (std::find(needs.data.begin(), needs.data.end(), data) == needs.data.end()) {
      needs.data.push_back(data);
    }
    if (needs.labels.empty() || needs.labels.back() != run.label) needs.labels.push_back(run.label);
  }
  needs.budget = fmt::format("{}", fmt::join(budgets, " or "));
  return needs;
}

StudyNeeds read_study_needs(const fs::path& file) { return study_needs(read_study_file(file)); }

std::vector<fs::path> missing_files(const RunData& needs, const fs::path& data) {
  if (needs.weights.empty()) return {};
  const fs::path folder = data / "models" / needs.weights;
  std::vector<fs::path> missing;
  const bool weights = fs::exists(folder / "model.safetensors") ||
                       fs::exists(folder / "model.safetensors.index.json");
  if (!weights) missing.push_back(folder);
  const fs::path suite = data / "suites" / fmt::format("{}-{}.h5", needs.suite, needs.weights);
  if (!fs::exists(suite)) missing.push_back(suite);
  return missing;
}

std::string prepare_command(const RunData& needs) {
  return fmt::format("scripts/prepare --suite {} --backbone {}", needs.suite, needs.weights);
}

}  // namespace rankwise::analysis

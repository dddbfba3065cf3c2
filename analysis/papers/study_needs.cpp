#include "analysis/papers/study_needs.h"

#include "framework/study/study_file.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

/// A text below the run's section; empty where it has none.
std::string text_of(const json& run, const char* section, const char* member) {
  const json found = run.value(section, json::object());
  return found.is_object() ? found.value(member, "") : "";
}

std::string budget_of(const json& train) {
  for (const char* unit : {"epochs", "steps"}) {
    const json count = train.value(unit, json());
    if (!count.is_null()) return fmt::format("{} {}", count.dump(), unit);
  }
  return "default steps";
}

}  // namespace

StudyNeeds read_study_needs(const std::filesystem::path& file) {
  const StudyFile study = read_study_file(file);
  const json& first = study.runs.front().members;
  StudyNeeds needs{.backbone = text_of(first, "backbone", "name"),
                   .weights = text_of(first, "backbone", "weights"),
                   .suite = text_of(first, "data", "suite"),
                   .runs = study.runs.size()};
  needs.budget = budget_of(first.value("train", json::object()));
  for (const StudyRun& run : study.runs) {
    if (needs.labels.empty() || needs.labels.back() != run.label) needs.labels.push_back(run.label);
  }
  return needs;
}

std::string missing_preparation(const StudyNeeds& needs, const std::filesystem::path& data) {
  if (needs.weights.empty()) return "";
  const auto suite = data / "suites" / fmt::format("{}-{}.h5", needs.suite, needs.weights);
  const auto weights = data / "models" / needs.weights / "model.safetensors";
  if (std::filesystem::exists(suite) && std::filesystem::exists(weights)) return "";
  return fmt::format("scripts/prepare --suite {} --backbone {}", needs.suite, needs.weights);
}

}  // namespace rankwise::analysis

#include "analysis/papers/study_needs.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

/// The other study that `member` names; an empty object where it names none.
json other_study(const json& study, const char* member, const std::filesystem::path& file) {
  const std::string name = study.value(member, "");
  return name.empty() ? json::object() : read_json(file.parent_path() / name);
}

/// The runs that one entry of "runs" makes; one with a seed of its own takes no others.
std::size_t runs_of(const json& run, std::size_t seeds) {
  std::size_t runs = run.contains("seed") ? 1 : seeds;
  for (const json& values : run.value("sweep", json::object())) runs *= values.size();
  return runs;
}

}  // namespace

StudyNeeds read_study_needs(const std::filesystem::path& file) {
  const json study = read_json(file);
  check(study.is_object(), "{}: expected an object", file.string());
  const json base = other_study(study, "defaults_from", file);
  const json rows = other_study(study, "runs_from", file);
  json defaults = base.value("defaults", json::object());
  defaults.merge_patch(study.value("defaults", json::object()));
  const auto section = [&](const char* name) { return defaults.value(name, json::object()); };

  StudyNeeds needs;
  needs.backbone = section("backbone").value("name", "");
  needs.weights = section("backbone").value("weights", "");
  needs.suite = section("data").value("suite", "");
  needs.steps = section("train").value("steps", std::int64_t{0});
  const json seeds = (study.contains("seeds") ? study : base).value("seeds", json::array({0}));
  for (const json& run : (study.contains("runs") ? study : rows).value("runs", json::array())) {
    needs.labels.push_back(run.value("label", run.value("variant", "")));
    needs.runs += runs_of(run, seeds.size());
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

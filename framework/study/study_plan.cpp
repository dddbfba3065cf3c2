#include "framework/study/study_plan.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_file.h"
#include "framework/io/atomic_file.h"

#include <map>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kVersion = 1;

json to_json(const StudyPlan& plan) {
  json runs = json::array();
  for (const PlanEntry& run : plan.runs) {
    runs.push_back({{"label", run.label}, {"seed", run.seed}, {"file", run.file}});
  }
  return {{"plan", kVersion}, {"study", plan.study}, {"runs", std::move(runs)}};
}

StudyPlan plan_of(const json& value) {
  StudyPlan plan{value.at("study"), {}};
  for (const json& run : value.at("runs")) {
    plan.runs.push_back({run.at("label"), run.at("seed"), run.at("file")});
  }
  return plan;
}

}  // namespace

fs::path plan_path(const fs::path& folder) { return folder / "plan.json"; }

StudyPlan read_plan(const fs::path& folder) {
  const fs::path path = plan_path(folder);
  if (!fs::exists(path)) return {};
  const json value = read_json(path);
  try {
    check(value.at("plan") == kVersion, "{}: of version {}, this program reads {}", path.string(),
          value.at("plan").dump(), kVersion);
    return plan_of(value);
  } catch (const json::exception&) {
    fail("{}: is no plan of a study; delete it, and the next `rankwise run` writes it anew",
         path.string());
  }
}

StudyPlan updated_plan(const StudyPlan& plan, const StudyPlan& asked) {
  StudyPlan updated{asked.study, {}};
  std::map<std::pair<std::string, std::int64_t>, std::size_t> places;
  for (const auto* runs : {&plan.runs, &asked.runs}) {
    for (const PlanEntry& run : *runs) {
      const auto [place, fresh] =
          places.emplace(std::pair(run.label, run.seed), updated.runs.size());
      if (fresh) {
        updated.runs.push_back(run);
      } else {
        updated.runs[place->second] = run;
      }
    }
  }
  return updated;
}

void write_plan(const fs::path& folder, const StudyPlan& plan) {
  const std::string text = to_json(plan).dump(1) + "\n";
  const fs::path path = plan_path(folder);
  if (fs::exists(path) && read_file(path) == text) return;
  write_file(path, text);
}

}  // namespace rankwise

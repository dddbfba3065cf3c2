#include "analysis/report/recipe.h"

#include "analysis/runs/studies.h"
#include "framework/core/slug.h"

#include <fmt/ranges.h>

#include <set>

namespace rankwise::analysis {
namespace {

nlohmann::json config_of(const RunGroup& group) {
  return group.runs.front().attributes.value("config", nlohmann::json::object());
}

std::vector<std::string> merge_methods(const RunSet& runs) {
  std::set<std::string> rules;
  for (const RunGroup& group : runs.groups) {
    const nlohmann::json config = config_of(group);
    if (config.contains("merge")) rules.insert(config["merge"].value("rule", std::string()));
  }
  return {rules.begin(), rules.end()};
}

Recipe recipe(const RunSet& runs, const std::string& study) {
  const Run& first = runs.groups.front().runs.front();
  Recipe made{.study = study, .suite = first.text("suite"), .study_file = first.text("study_file")};
  std::set<std::string> commits;
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) {
      commits.insert(run.text("commit"));
      made.dirty = made.dirty || run.text("dirty") == "true";
    }
  }
  commits.erase("");
  made.commit = fmt::to_string(fmt::join(commits, ", "));
  made.weights = config_of(runs.groups.front())
                     .value("backbone", nlohmann::json::object())
                     .value("weights", std::string());
  made.folder = slug(study);
  made.merge_methods = merge_methods(runs);
  return made;
}

}  // namespace

std::vector<Recipe> recipes(const RunSet& runs) {
  std::vector<Recipe> all;
  for (const std::string& study : studies_of(runs)) {
    all.push_back(recipe(part_of_study(runs, study), study));
  }
  return all;
}

}  // namespace rankwise::analysis

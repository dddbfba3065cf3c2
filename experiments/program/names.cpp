#include "experiments/program/names.h"

#include "analysis/figures/figure.h"
#include "analysis/output/table.h"
#include "analysis/papers/paper_table.h"
#include "analysis/tables/table_kind.h"
#include "framework/adapter/variant.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"
#include "framework/model/backbone.h"
#include "framework/suites/suite.h"

#include <algorithm>
#include <system_error>

namespace rankwise {

namespace {

// Stems of a folder's JSON files: "configs" -> "demo", ...
std::vector<std::string> studies_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> figure_names() { return analysis::figures().names(); }

std::vector<std::string> table_names() { return analysis::tables().names(); }

std::vector<std::string> paper_names() {
  std::vector<std::string> names;
  for (const analysis::PaperTable& table : analysis::paper_tables()) names.push_back(table.name);
  return names;
}

std::vector<std::string> output_formats() {
  std::vector<std::string> formats = analysis::table_formats();
  formats.insert(formats.begin(), "terminal");
  return formats;
}

std::vector<std::string> described_names() {
  std::vector<std::string> names{"study", "run", "train", "data", "record", "cluster"};
  for (const auto& some : {variants().names(), backbones().names(), suites().names(),
                           analysis::tables().names(), analysis::figures().names()}) {
    names.insert(names.end(), some.begin(), some.end());
  }
  return names;
}

std::vector<std::string> listed_kinds() {
  return {"variants", "backbones", "suites", "samplers", "metrics",
          "tables",   "figures",   "parts",  "switches", "studies"};
}

std::filesystem::path find_study_file(const std::string& given) {
  const std::filesystem::path path = given;
  const bool is_name = !path.has_parent_path() && path.extension() != ".json";
  const bool is_other = is_name && std::filesystem::is_directory(path);  // a folder of that name
  if (std::filesystem::exists(path) && !is_other) return path;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : "configs";
  const std::string stem = is_name ? given : path.stem().string();
  const std::vector<std::string> studies = studies_in(folder);
  if (is_name) {
    if (const auto meant = same_name(given, studies)) return folder / (*meant + ".json");
  }
  fail("{}: cannot be read: no such file{}", given, did_you_mean(stem, studies));
}

}  // namespace rankwise

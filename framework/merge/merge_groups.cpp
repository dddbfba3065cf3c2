#include "framework/core/error.h"
#include "framework/core/say.h"
#include "framework/merge/merge_runs.h"
#include "framework/record/run_folder.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <tuple>

namespace rankwise {

namespace {

using nlohmann::json;

std::vector<std::filesystem::path> run_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    check(std::filesystem::exists(path), "{}: does not exist", path.string());
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const RunFolder listed = list_run_folder(path);
    for (const std::string& skipped : listed.skipped) say("{}\n", skipped);
    std::copy_if(listed.files.begin(), listed.files.end(), std::back_inserter(files),
                 [](const auto& file) { return file.extension() == ".h5"; });
  }
  return files;
}

}  // namespace

std::vector<MergeGroup> merge_groups(const std::vector<std::filesystem::path>& paths) {
  // By study, order of the group's first run, group and seed.
  std::map<std::pair<std::string, std::string>, std::int64_t> first_order;
  std::map<std::tuple<std::string, std::string, std::int64_t>,
           std::map<std::int64_t, std::filesystem::path>>
      runs;
  for (const auto& path : run_files(paths)) {
    const RunFile file(path);
    if (file.status() != "finished") continue;
    const json& attributes = file.attributes();
    const std::string study = attributes.at("study");
    const std::string group =
        attributes.at("config").value("group", attributes.at("label").get<std::string>());
    const std::int64_t order = attributes.at("order");
    runs[{study, group, attributes.at("seed")}][order] = path;
    const auto [known, fresh] = first_order.emplace(std::pair(study, group), order);
    known->second = std::min(known->second, order);
  }
  std::vector<MergeGroup> groups;
  for (const auto& [key, files] : runs) {
    if (files.size() < 2) continue;
    groups.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), {}});
    for (const auto& [order, file] : files) groups.back().files.push_back(file);
  }
  check(!groups.empty(),
        "no group of two or more finished runs to merge: rows of a study with a sweep over "
        "data.tasks make one; summaries hold no parameters, so runs that are only in one must be "
        "trained anew (rankwise run --again)");
  std::stable_sort(groups.begin(), groups.end(), [&](const MergeGroup& a, const MergeGroup& b) {
    return first_order.at({a.study, a.name}) < first_order.at({b.study, b.name});
  });
  return groups;
}

}  // namespace rankwise

#include "framework/record/summary_writer.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"
#include "framework/io/hdf5.h"
#include "framework/record/run_columns.h"
#include "framework/record/summary_end.h"
#include "framework/record/summary_layout.h"
#include "framework/record/summary_numbers.h"
#include "framework/record/summary_schema.h"
#include "framework/record/summary_scores.h"
#include "framework/record/summary_set.h"
#include "framework/record/summary_usage.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What every run has under `name`.
json common_attribute(const std::vector<SummaryRun>& runs, const char* name, const fs::path& path) {
  json first = runs.front().attributes.value(name, json());
  for (const SummaryRun& run : runs) {
    check(run.attributes.contains(name), "{}: the run {} has no attribute '{}'", path.string(),
          run.name, name);
    check(run.attributes.at(name) == first, "{}: runs of {} {} and {}, expected one", path.string(),
          name, first.dump(), run.attributes.at(name).dump());
  }
  return first;
}

void check_runs(const std::vector<SummaryRun>& runs, const fs::path& path) {
  check(!runs.empty(), "{}: a summary needs at least one run", path.string());
  std::set<std::string> names;
  for (const SummaryRun& run : runs) {
    check(names.insert(run.name).second, "{}: two runs are called {}", path.string(), run.name);
  }
}

/// Where each run is: [N] sets and rows.
void write_places(hdf5::File& file, const std::vector<SummaryRun>& runs,
                  const std::vector<SummarySet>& sets) {
  std::vector<double> set(runs.size()), row(runs.size());
  for (std::size_t k = 0; k < sets.size(); ++k) {
    for (std::size_t i = 0; i < sets[k].runs.size(); ++i) {
      const auto run = static_cast<std::size_t>(sets[k].runs[i] - runs.data());
      set[run] = static_cast<double>(k);
      row[run] = static_cast<double>(i);
    }
  }
  write_numbers(file, schema::summary_path("/run/set"), {runs.size()}, set);
  write_numbers(file, schema::summary_path("/run/row"), {runs.size()}, row);
}

void write_runs(hdf5::File& file, const std::vector<SummaryRun>& runs) {
  std::vector<std::string> names, attributes;
  std::vector<double> parameters;
  for (const SummaryRun& run : runs) {
    names.push_back(run.name);
    attributes.push_back(run.attributes.dump(-1, ' ', false, json::error_handler_t::replace));
    for_each_parameter_count([&](const char*, auto field) {
      parameters.push_back(static_cast<double>(run.final.parameters.*field));
    });
  }
  file.write_packed_strings(schema::summary_path("/run/name"), names);
  file.write_packed_strings(schema::summary_path("/run/attributes"), attributes);
  write_numbers(file, schema::summary_path("/run/parameters"),
                {runs.size(), parameters.size() / runs.size()}, parameters);
}

void write_summary_file(const fs::path& written, const fs::path& path,
                        const std::vector<SummaryRun>& runs) {
  hdf5::File file = hdf5::File::create(written, path);
  file.set_attribute("/", "format", std::string(schema::kSummaryFormat));
  file.set_attribute("/", "schema", std::int64_t{schema::kSummaryVersion});
  file.set_attribute("/", "study", common_attribute(runs, "study", path).get<std::string>());
  file.set_attribute("/", "seed", common_attribute(runs, "seed", path).get<std::int64_t>());
  const std::vector<SummarySet> sets = sets_of(runs);
  write_runs(file, runs);
  write_places(file, runs, sets);
  for (std::size_t k = 0; k < sets.size(); ++k) {
    const std::string name = std::to_string(k);
    write_summary_layout(file, name, sets[k]);
    write_summary_scores(file, name, sets[k]);
    write_summary_usage(file, name, sets[k]);
    write_summary_end(file, name, sets[k]);
  }
  file.close();
}

}  // namespace

void write_summary_file(const fs::path& path, const std::vector<SummaryRun>& runs) {
  check_runs(runs, path);
  create_parent_folder(path);
  fs::path unready = path;
  unready += ".new";
  try {
    write_summary_file(unready, path, runs);
  } catch (const std::exception&) {
    std::error_code ignored;  // the first failure is the one to show
    fs::remove(unready, ignored);
    throw;
  }
  commit_file(unready, path);
}

}  // namespace rankwise

/// Run files for the tests of this folder: small ones to check by hand, and ones to look at.
#pragma once

#include "framework/core/json.h"
#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis::test {

/// What one run file is to hold; the defaults make two tasks, one site of three ranks, two
/// evaluations, and scores on both splits.
struct RunSpec {
  std::string label = "alpha";
  std::int64_t seed = 0;
  std::map<std::string, double> test_scores = {{"cola", 0.5}, {"sst2", 0.9}};  // "best"
  /// Classes predicted of a task's examples, which are all of class 1; the scores stay as given.
  std::map<std::string, std::vector<double>> predictions = {};
  nlohmann::json attributes = nlohmann::json::object();  // over the usual ones
  RunLayout layout = {};                                 // where not given: the small one
  std::vector<SiteUsage> usage = {};                     // of the last evaluation
  std::vector<SiteUsage> first_usage = {};               // of the first; empty: the same
  FinalRecord final_record = {};                         // embeddings; scores are added
  std::optional<MergeRecord> merge = {};                 // of a merged model
  std::int64_t steps = 4;
  int evaluations = 2;  // evenly over the steps
};

RunLayout small_layout();

/// Predictions of 200 examples of class 1, of which the first `right` are right.
std::vector<double> first_right(int right);

/// Writes `folder`/<name>.h5, finished. Gives its path.
std::filesystem::path write_run(const std::filesystem::path& folder, const std::string& name,
                                const RunSpec& spec = {});

/// The same, but failed with a message, or left while running.
void write_failed_run(const std::filesystem::path& folder, const std::string& name,
                      const RunSpec& spec, const std::string& message);
void write_running_run(const std::filesystem::path& folder, const std::string& name,
                       const RunSpec& spec);

}  // namespace rankwise::analysis::test

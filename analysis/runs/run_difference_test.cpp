#include "analysis/runs/run_difference.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

std::vector<std::string> lines(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::vector<std::string> result;
  for (const LeafDifference& difference : run_differences(a, b)) {
    result.push_back(to_text(difference));
  }
  return result;
}

TEST(RunDifference, IsOfConfigParametersAndProvenanceButNotOfTimes) {
  const auto folder = test_folder();
  const auto attributes = [](int rank, const char* commit, double seconds) {
    return nlohmann::json{{"config", {{"options", {{"rank", rank}}}}},
                          {"provenance", {{"commit", commit}}},
                          {"seconds", seconds},
                          {"config_hash", commit}};
  };
  test::RunSpec larger{.seed = 1, .attributes = attributes(16, "cd", 9)};
  larger.final_record.parameters = {.total = 99, .trainable = 12345, .active = 600, .router = 7};
  const auto a = test::write_run(folder, "a", {.attributes = attributes(8, "ab", 3)});
  const auto b = test::write_run(folder, "b", larger);
  EXPECT_EQ(lines(a, b), (std::vector<std::string>{
                             "config.options.rank: 8 → 16", "parameters.total: 1234567 → 99",
                             R"(provenance.commit: "ab" → "cd")", "seed: 0 → 1"}));
  EXPECT_TRUE(lines(a, a).empty());
}

}  // namespace
}  // namespace rankwise::analysis

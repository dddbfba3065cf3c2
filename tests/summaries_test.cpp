// The committed summaries: today's program knows every run in them.

#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"
#include "framework/merge/merge_runs.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/run/identify.h"
#include "framework/run/study.h"
#include "framework/study/identity.h"
#include "framework/study/study_file.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kTree = source_tree();

/// Skips where the tree has no results, as beside the tests of scripts/bundle.
class Summaries : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kTree / "results")) GTEST_SKIP() << "NOT CHECKED: no results/ in " << kTree;
  }
};

/// Folders of committed summaries by their study.
std::map<std::string, fs::path> summaries() {
  std::map<std::string, fs::path> found;
  for (const auto& entry : fs::directory_iterator(kTree / "results")) {
    const fs::path folder = entry.path() / kSummaryFolder;
    if (fs::is_directory(folder)) found[entry.path().filename()] = folder;
  }
  return found;
}

/// Attributes of a summary's runs by their names.
std::map<std::string, json> runs_of(const fs::path& summary) {
  std::map<std::string, json> found;
  for (const fs::path& run : summary_runs(summary)) {
    found[run_name(run)] = RunFile(run).attributes();
  }
  return found;
}

Contents contents_of(const json& attributes) {
  return {attributes.at("tasks_sha256"), attributes.at("weights_sha256"),
          attributes.value("init_sha256", "")};
}

bool is_stale(const json& attributes) { return attributes.contains("stale"); }

TEST_F(Summaries, AnIdIsTheHashOfItsIdentityAndEndsTheName) {
  std::size_t count = 0;
  for (const auto& [study, folder] : summaries()) {
    for (const auto& [name, attributes] : runs_of(folder)) {
      const std::string id = attributes.at("config_hash");
      EXPECT_EQ(identity_hash(attributes.at("identity")), id) << study << ": " << name;
      EXPECT_THAT(name, ::testing::EndsWith("-" + id.substr(0, 10))) << study;
      ++count;
    }
  }
  EXPECT_GT(count, 1500U) << "the summaries were not found";
}

// A new option with a default, a renamed one, a new default of memory: none of them loses a run.
TEST_F(Summaries, EveryStoredConfigHasItsIdToday) {
  for (const auto& [study, folder] : summaries()) {
    for (const auto& [name, attributes] : runs_of(folder)) {
      json config = attributes.at("config");
      if (is_stale(attributes) || config.contains("merge")) continue;
      const RunIdentity today = identify(config, contents_of(attributes));
      EXPECT_EQ(today.config_hash, attributes.at("config_hash").get<std::string>())
          << study << ": " << name;
      EXPECT_EQ(today.protocol_hash, attributes.at("protocol_hash").get<std::string>())
          << study << ": " << name;
    }
  }
}

// What `rankwise run` asks: is the run that the study file means among them?
TEST_F(Summaries, EveryRunOfAStudyFileIsAmongItsRuns) {
  for (const auto& [name, folder] : summaries()) {
    const auto runs = runs_of(folder);
    if (runs.begin()->second.at("config").contains("merge")) continue;
    std::set<std::string> ids;
    std::map<std::string, Contents> contents;  // by the data that a config names
    std::set<std::pair<std::string, std::int64_t>> stale;
    for (const auto& [run, attributes] : runs) {
      ids.insert(attributes.at("config_hash"));
      const RunConfig stored = resolve_run(attributes.at("config"), run);  // under today's names
      contents[stored.to_json().at("data").dump()] = contents_of(attributes);
      if (is_stale(attributes)) stale.emplace(attributes.at("label"), attributes.at("seed"));
    }
    const Study study = resolve_study(read_study_file(kTree / "configs" / (name + ".json")));
    EXPECT_EQ(study.runs.size(), runs.size()) << name;
    for (const RunConfig& config : study.runs) {
      if (stale.contains({config.label, config.seed})) continue;
      const auto found = contents.find(config.to_json().at("data").dump());
      ASSERT_TRUE(found != contents.end()) << name << ": " << config.label;
      EXPECT_TRUE(ids.contains(identify(config, found->second).config_hash))
          << name << ": " << config.label << ", seed " << config.seed;
    }
  }
}

}  // namespace
}  // namespace rankwise

#include "analysis/runs/run_set.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <fstream>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using test::write_run;

std::string message(const std::vector<fs::path>& paths) {
  return error_of([&] { load_runs(paths); });
}

TEST(RunSet, GroupsByLabelInTheStudysOrderAndSortsSeeds) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "alpha", .seed = 1, .attributes = {{"order", 2}}});
  write_run(folder, "b", {.label = "alpha", .seed = 0, .attributes = {{"order", 2}}});
  fs::create_directories(folder / "below");
  write_run(folder / "below", "c", {.label = "beta", .attributes = {{"order", 1}}});
  const RunSet set = load_runs({folder});
  ASSERT_EQ(set.groups.size(), 2U);
  EXPECT_EQ(set.groups[0].label, "beta");
  EXPECT_EQ(set.groups[1].label, "alpha");
  ASSERT_EQ(set.groups[1].runs.size(), 2U);
  EXPECT_EQ(set.groups[1].runs[0].seed, 0);
  EXPECT_EQ(set.groups[1].runs[1].seed, 1);
}

TEST(RunSet, ABrokenOrForeignFileIsOneWarningAndSpoilsNothing) {
  const fs::path folder = test_folder();
  const fs::path good = write_run(folder, "good");
  std::ofstream(folder / "text.h5") << "not HDF5 at all";
  std::string half(fs::file_size(good) / 2, '\0');
  std::ifstream(good, std::ios::binary)
      .read(half.data(), static_cast<std::streamsize>(half.size()));
  std::ofstream(folder / "half.h5", std::ios::binary) << half;
  const RunSet set = load_runs({folder});
  EXPECT_EQ(set.groups.size(), 1U);
  ASSERT_EQ(set.warnings.size(), 2U);
  EXPECT_NE(set.warnings[0].find("half.h5"), std::string::npos) << set.warnings[0];
  EXPECT_NE(set.warnings[1].find("text.h5"), std::string::npos) << set.warnings[1];
  for (const std::string& line : set.warnings) EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(RunSet, WhatOnlyLooksLikeARunFileIsSkippedAndSpoilsNothing) {
  const fs::path folder = test_folder();
  write_run(folder, "good");
  std::ofstream(folder / "._good.h5") << "what macOS leaves";
  fs::create_symlink("gone.h5", folder / "link.h5");
  const RunSet set = load_runs({folder});
  EXPECT_EQ(set.groups.size(), 1U);
  EXPECT_TRUE(set.warnings.empty());
  ASSERT_EQ(set.skipped.size(), 2U);
  EXPECT_NE(set.skipped[1].find("link.h5: is a link that leads nowhere"), std::string::npos);
}

TEST(RunSet, APathThatIsNoFileIsAnError) {
  const fs::path folder = test_folder();
  fs::create_symlink("loop", folder / "loop");
  EXPECT_NE(message({folder / "loop"}).find("no such file or folder"), std::string::npos);
}

TEST(RunSet, ListsFailedAndRunningRunsApart) {
  const fs::path folder = test_folder();
  write_run(folder, "good");
  test::write_failed_run(folder, "bad", {.label = "beta"}, "loss is nan\nat step 3");
  test::write_running_run(folder, "now", {.label = "gamma"});
  const RunSet set = load_runs({folder});
  ASSERT_EQ(set.failed.size(), 1U);
  EXPECT_EQ(set.failed[0].label, "beta");
  EXPECT_EQ(set.failed[0].error, "loss is nan");
  ASSERT_EQ(set.running.size(), 1U);
  EXPECT_EQ(set.running[0].label, "gamma");
  EXPECT_EQ(set.groups.size(), 1U);
}

TEST(RunSet, TheSameRunFoundTwiceCountsOnce) {
  const fs::path folder = test_folder();
  const fs::path path = write_run(folder, "a");
  fs::copy_file(path, folder / "copy.h5");
  const RunSet set = load_runs({folder, path});
  ASSERT_EQ(set.groups.size(), 1U);
  EXPECT_EQ(set.groups[0].runs.size(), 1U);
}

TEST(RunSet, RefusesTwoRunsThatClaimTheSameSeed) {
  const fs::path folder = test_folder();
  write_run(folder, "old", {.attributes = {{"config_hash", "before"}}});
  write_run(folder, "new", {.attributes = {{"config_hash", "after"}}});
  const std::string text = message({folder});
  EXPECT_NE(text.find("old.h5"), std::string::npos) << text;
  EXPECT_NE(text.find("both 'alpha' with seed 0"), std::string::npos) << text;
}

TEST(RunSet, RefusesSeedsOfOtherSettingsUnderOneLabel) {
  const auto config = [](int rank) {
    return nlohmann::json{{"config", {{"seed", rank}, {"options", {{"rank", rank}}}}}};
  };
  const fs::path folder = test_folder();
  const fs::path a = write_run(folder, "a", {.seed = 0, .attributes = config(4)});
  const fs::path b = write_run(folder, "b", {.seed = 1, .attributes = config(16)});
  EXPECT_EQ(message({folder}),
            a.string() + " and " + b.string() +
                " are both 'alpha' but differ (options.rank: 4 → 16); move the one away that does "
                "not belong to the study, or train it under a label of its own");
  write_run(folder, "b", {.seed = 1, .attributes = {{"config", {{"seed", 1}, {"later", true}}}}});
  EXPECT_EQ(message({folder}), "") << "a member that one program did not know";
}

TEST(RunSet, AStaleRunGivesWayToOneTrainedSince) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a-new", {.attributes = {{"config_hash", "new"}}});
  test::write_run(folder, "b-old", {.attributes = {{"config_hash", "old"}, {"stale", "a fault"}}});
  const RunSet set = load_runs({folder});
  ASSERT_EQ(set.groups.size(), 1U);
  ASSERT_EQ(set.groups[0].runs.size(), 1U);
  EXPECT_EQ(set.groups[0].runs[0].config_hash, "new");
}

TEST(RunSet, LabelsThatStudiesShareAreToldApart) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.attributes = {{"study", "one"}}});
  write_run(folder, "b", {.attributes = {{"study", "two"}}});
  write_run(folder, "c", {.label = "beta", .attributes = {{"study", "two"}}});
  const RunSet set = load_runs({folder});
  ASSERT_EQ(set.groups.size(), 3U);
  EXPECT_EQ(set.groups[0].label, "alpha (one)");
  EXPECT_EQ(set.groups[1].label, "alpha (two)");
  EXPECT_EQ(set.groups[2].label, "beta");
}

TEST(RunSet, NothingFinishedIsAnErrorThatCounts) {
  const fs::path folder = test_folder();
  test::write_failed_run(folder, "bad", {}, "no memory");
  const std::string text = message({folder});
  EXPECT_NE(text.find("no finished runs (1 failed, 0 unfinished, 0 unreadable)"), std::string::npos)
      << text;
  EXPECT_NE(message({folder / "nowhere"}).find("no such file or folder"), std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

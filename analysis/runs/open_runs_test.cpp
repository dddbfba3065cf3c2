#include "analysis/runs/open_runs.h"

#include "analysis/runs/run_set.h"
#include "analysis/runs/test_runs.h"
#include "framework/core/error.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

TEST(OpenRuns, GiveTheSameFileAgain) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  const RunSet runs = load_runs({folder});
  const RunSet copy = runs;
  const auto& run = runs.groups[0].runs[0];
  EXPECT_EQ(&run.file(), &copy.groups[0].runs[0].file());
  EXPECT_EQ(run.file().path(), run.path);
}

/// Copies of a run file that fill `opened`, and one more.
std::vector<fs::path> open_more_than_most(const fs::path& first, OpenRuns& opened) {
  std::vector<fs::path> files;
  for (std::size_t i = 0; i <= OpenRuns::kMost; ++i) {
    files.push_back(first.parent_path() / fmt::format("copy{}.h5", i));
    fs::copy_file(first, files.back());
    opened.open(files.back());
  }
  return files;
}

TEST(OpenRuns, CloseTheLongestUnusedAndKeepWhatIsSmall) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  OpenRuns opened;
  const RunFile& resting = opened.open(folder / "a.h5");
  const PredictionPlace place{"cola", "test", "best"};
  const auto scores = resting.final_scores(place);
  const std::vector<fs::path> files = open_more_than_most(folder / "a.h5", opened);
  EXPECT_EQ(&opened.open(folder / "a.h5"), &resting);
  const RunFile& open = opened.open(files.back());
  fs::remove(folder / "a.h5");
  fs::remove(files.back());
  EXPECT_FALSE(open.predictions().empty());
  EXPECT_EQ(resting.final_scores(place), scores);
  EXPECT_THROW(static_cast<void>(resting.predictions()), Error);
}

TEST(OpenRuns, OpenAgainWhatRests) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  OpenRuns opened;
  const RunFile& resting = opened.open(folder / "a.h5");
  const auto predictions = resting.predictions();
  open_more_than_most(folder / "a.h5", opened);
  EXPECT_EQ(resting.predictions(), predictions);
}

TEST(OpenRuns, RefuseWhatTookThePlaceOfAFileThatRests) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  test::write_run(folder, "b", {.label = "beta"});
  OpenRuns opened;
  const RunFile& resting = opened.open(folder / "a.h5");
  open_more_than_most(folder / "a.h5", opened);
  fs::rename(folder / "b.h5", folder / "a.h5");
  EXPECT_EQ(error_of([&] { static_cast<void>(resting.predictions()); }),
            (folder / "a.h5").string() +
                ": another file took its place while it was read; give the command again");
}

TEST(OpenRuns, LeadWithOtherMetricsAndBack) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  OpenRuns opened;
  const auto first = [&] { return opened.open(folder / "a.h5").layout().tasks[0].metrics.front(); };
  EXPECT_EQ(first(), "matthews");
  opened.lead_with({"cola/accuracy"});
  EXPECT_EQ(first(), "accuracy");
  opened.lead_with({});
  EXPECT_EQ(first(), "matthews");
  EXPECT_THROW(opened.lead_with({"cola/accuracy", "sst2/none"}), Error);
  EXPECT_EQ(first(), "matthews") << "not half of them";
}

}  // namespace
}  // namespace rankwise::analysis

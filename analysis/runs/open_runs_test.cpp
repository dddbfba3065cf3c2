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

TEST(OpenRuns, CloseTheLongestUnused) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a");
  OpenRuns opened;
  const fs::path first = folder / "a.h5";
  std::size_t files = 0;
  for (; files < OpenRuns::kMost; ++files) {
    const fs::path copy = folder / fmt::format("copy{}.h5", files);
    fs::copy_file(first, copy);
    EXPECT_EQ(opened.open(copy).path(), copy);
  }
  fs::remove(folder / "copy0.h5");
  EXPECT_EQ(opened.open(folder / "copy0.h5").status(), "finished");  // still open
  opened.open(first);                                                // closes copy1
  fs::remove(folder / "copy1.h5");
  EXPECT_THROW(opened.open(folder / "copy1.h5"), Error);
}

}  // namespace
}  // namespace rankwise::analysis

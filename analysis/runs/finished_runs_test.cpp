#include "analysis/runs/finished_runs.h"

#include "analysis/report/summary.h"
#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

TEST(FinishedRuns, AreThoseOfFilesAndSummaryEachOnce) {
  const fs::path folder = test_folder();
  test::write_run(folder, "a-s0-0123456789");
  test::write_run(folder, "b-s1-0123456789", {.seed = 1});
  write_summary(load_runs({folder}), folder / "summary");
  EXPECT_EQ(finished_runs(folder), 2U);
  fs::remove(folder / "a-s0-0123456789.h5");
  test::write_failed_run(folder, "c-s2-0123456789.failed", {.seed = 2}, "why");
  EXPECT_EQ(finished_runs(folder), 2U);
  EXPECT_EQ(finished_runs(folder / "nowhere"), 0U);
}

}  // namespace
}  // namespace rankwise::analysis

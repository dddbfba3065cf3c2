#include "analysis/output/process.h"

#include "framework/core/error.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(Process, GivesTheExitCodeAndWhatWasWritten) {
  const auto result = run_process({"sh", "-c", "echo out; echo error >&2; exit 3"}, "/");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "error\n");
}

TEST(Process, TakesMoreThanAPipeHoldsOfBoth) {
  const auto result =
      run_process({"sh", "-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"}, "/");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output.size(), 300000U);
  EXPECT_EQ(result->errors.size(), 300000U);
}

TEST(Process, IsEndedWhereItTakesTooLong) {
  EXPECT_THROW(run_process({"sleep", "60"}, "/", std::chrono::milliseconds(50)), Error);
}

TEST(Process, PassesArgumentsThroughNoShell) {
  const auto result = run_process({"ls", "no 'such' $HOME file"}, "/");
  ASSERT_TRUE(result.has_value());
  EXPECT_NE(result->exit_code, 0);
  EXPECT_NE(result->errors.find("$HOME"), std::string::npos) << result->errors;
}

TEST(Process, RunsInTheGivenFolder) {
  EXPECT_EQ(run_process({"sh", "-c", "pwd >&2"}, "/usr").value().errors, "/usr\n");
}

TEST(Process, AnUnknownProgramIsNothingAndAnUnknownFolderAnError) {
  EXPECT_FALSE(run_process({"rankwise-no-such-program"}, "/").has_value());
  EXPECT_THROW(run_process({"true"}, "/no/such/folder"), Error);
}

TEST(Process, ASignalCountsFrom128) {
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}, "/").value().exit_code, 128 + 9);
}

}  // namespace
}  // namespace rankwise::analysis

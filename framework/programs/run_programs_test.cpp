#include "framework/programs/run_programs.h"

#include "framework/io/test_files.h"
#include "framework/programs/command_words.h"

#include <gmock/gmock.h>

#include <atomic>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ProgramRuns shell_runs(std::int64_t jobs = 2) {
  return {.words = command_words("sh {file}"),
          .file_name = "program.sh",
          .limits = {.seconds = 20, .network = true},
          .jobs = jobs};
}

std::vector<ProgramEnd> ends_of(const std::vector<ProgramOutcome>& outcomes) {
  std::vector<ProgramEnd> ends;
  for (const ProgramOutcome& outcome : outcomes) ends.push_back(outcome.end);
  return ends;
}

TEST(RunPrograms, GivesTheOutcomesInTheirOrder) {
  const auto outcomes = run_programs({"sleep 0.2", "exit 1", "true", "false"}, shell_runs(3));
  EXPECT_THAT(ends_of(outcomes), ElementsAre(ProgramEnd::kPassed, ProgramEnd::kFailed,
                                             ProgramEnd::kPassed, ProgramEnd::kFailed));
}

TEST(RunPrograms, RunsEqualProgramsOnce) {
  const auto count = test_folder() / "count";
  const std::string program = "echo x >> " + count.string();
  EXPECT_EQ(run_programs({program, "true", program}, shell_runs()).size(), 3U);
  EXPECT_EQ(bytes_of(count), "x\n");
}

TEST(RunPrograms, EachHasAnEmptyFolderThatGoes) {
  const auto outcomes = run_programs({"ls; pwd; touch a #1", "ls; pwd; touch a #2"}, shell_runs());
  for (const ProgramOutcome& outcome : outcomes) {
    EXPECT_THAT(outcome.output, HasSubstr("program.sh\n/"));
    const std::string folder = outcome.output.substr(outcome.output.find('/'));
    EXPECT_FALSE(std::filesystem::exists(folder.substr(0, folder.find('\n'))));
  }
}

TEST(RunPrograms, EndsEarlyWhereItIsAskedTo) {
  ProgramRuns runs = shell_runs(1);
  std::atomic<int> asked{0};
  runs.stop = [&] { return ++asked > 2; };
  EXPECT_THAT(run_programs({"true", "true #2", "true #3"}, runs), IsEmpty());
  runs.words = {"/no/such/program"};
  runs.stop = [] { return false; };
  EXPECT_THAT(error_of([&] { run_programs({"true"}, runs); }), HasSubstr("cannot be started"));
}

}  // namespace
}  // namespace rankwise

// Workers that misbehave, played by shell scripts: called as `script worker --answer N`.

#include "framework/run/worker_process.h"

#include "framework/io/test_files.h"
#include "framework/run/workers.h"

#include <gmock/gmock.h>

#include <chrono>

namespace rankwise {
namespace {

using ::testing::HasSubstr;

// A program that takes its order first, as workers do.
std::filesystem::path script(const std::filesystem::path& folder, const std::string& body) {
  auto path = folder / "program";
  write_bytes(path, "#!/bin/bash\norder=$(cat)\n" + body + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

RunJob toy_job() {
  const nlohmann::json run{{"variant", "linear_probe"},
                           {"backbone", {{"name", "tiny"}}},
                           {"data", {{"suite", "planted"}}}};
  return {.config = resolve_run(run, "run"), .study = "toy", .paths = {.results = test_folder()}};
}

WorkerResult result_of(const std::string& body) {
  const RunJob job = toy_job();  // before the script: each empties the test's folder
  return run_workers({job}, {.jobs = 1, .program = script(test_folder(), body)}).front();
}

TEST(Workers, AnswerBesideWhatTheyPrint) {
  const WorkerResult result =
      result_of("head -c 3000000 /dev/zero; echo '{\"outcome\": \"skipped\"}' >&$3");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.outcome, RunOutcome::kSkipped);
}

TEST(Workers, AnswersAreReadWhileTheyRun) {
  const WorkerResult result =
      result_of("printf '{\"error\": \"%0200000d\"}' 1 >&$3; exit 1");  // more than a pipe holds
  EXPECT_EQ(result.error.size(), 200000U);
}

TEST(Workers, AnAnswerCountsWhateverComesAfterIt) {
  EXPECT_EQ(result_of("echo '{\"outcome\": \"finished\"}' >&$3; kill -SEGV $$").error, "");
}

TEST(Workers, AFinishedRunNeedsNone) {
  RunJob job = toy_job();
  const WorkerOptions deadly{.jobs = 1, .program = script(test_folder(), "exit 3")};
  std::filesystem::create_directories(run_file(job).parent_path());
  write_bytes(run_file(job), std::string(64, 'x'));
  const WorkerResult skipped = run_workers({job}, deadly).front();
  EXPECT_EQ(skipped.error, "");
  EXPECT_EQ(skipped.outcome, RunOutcome::kSkipped);
  job.again = true;
  EXPECT_NE(run_workers({job}, deadly).front().error, "");
}

TEST(Workers, DeathIsTold) {
  EXPECT_EQ(result_of("exit 3").error, "ended with exit code 3 and no answer");
  EXPECT_THAT(result_of("kill -SEGV $$").error, HasSubstr("ended by signal 11"));
  EXPECT_THAT(result_of("kill -KILL $$").error,
              HasSubstr("ended by signal 9 (Killed); memory may have run out"));
}

// What is left behind holds the answer's descriptor open.
TEST(Workers, AreDoneWhenTheyEndThoughAChildOfTheirsLives) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(result_of("sleep 20 & echo '{\"outcome\": \"finished\"}' >&$3").error, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
}

TEST(Workers, AreNotLostWhereAnEndedChildIsNotWaitedFor) {
  const auto body = [] {
    std::signal(SIGCHLD, SIG_IGN);
    return result_of("echo '{\"outcome\": \"finished\"}' >&$3").error.empty() ? 0 : 1;
  };
  EXPECT_EQ(in_child(body), 0);
}

TEST(WorkerProcess, GivesItsAnswerWhereSomebodyElseTookItsStatus) {
  WorkerProcess worker(script(test_folder(), "echo word >&$3; exit 4"), "order");
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  const auto end = worker.end();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->answer, "word\n");
  EXPECT_FALSE(end->status.has_value());
}

}  // namespace
}  // namespace rankwise

#include "framework/run/evaluate.h"

#include "framework/record/run_reader.h"
#include "framework/run/parameter_files.h"
#include "framework/run/test_runs.h"

#include <gmock/gmock.h>

#include <numeric>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A small trained SMoRA with a head a task.
fs::path trained_smora(const fs::path& results) {
  json run = changed("/data/options", {{"train", 16}, {"dev", 8}, {"test", 12}, {"head", "tasks"}});
  run["data"]["tasks"] = {"planted0", "planted1"};
  run["train"] = {{"steps", 4}, {"batch", 4}, {"evaluations", 1}};
  run["record"] = {{"samples", 0}};
  const RunJob job = job_of(run, results);
  execute(job);
  return run_file(job);
}

TEST(Evaluate, GivesTheScoresThatTheRunRecorded) {
  const fs::path first = trained_smora(test_folder());
  const RunFile run(first);
  const RunFile again(evaluate_parameters({.parameters = last_parameters_path(first)}));
  for (const char* task : {"planted0", "planted1"}) {
    EXPECT_EQ(again.prediction({task, "test", "last"})->prediction,
              run.prediction({task, "test", "last"})->prediction);
    EXPECT_EQ(again.final_scores({task, "test", "best"}), run.final_scores({task, "test", "last"}));
  }
  EXPECT_EQ(again.status(), "finished");
  EXPECT_EQ(again.step_count(), 0);
  EXPECT_EQ(again.attributes().at("label"), "smora, evaluated");
  EXPECT_EQ(again.attributes().at("config").at("options"),
            run.attributes().at("config")["options"]);
  EXPECT_EQ(again.attributes().at("protocol_hash"), run.attributes().at("protocol_hash"));
  EXPECT_NE(again.attributes().at("config_hash"), run.attributes().at("config_hash"));
}

TEST(Evaluate, CountsUsageOnItsSplit) {
  const RunFile run(
      evaluate_parameters({.parameters = last_parameters_path(trained_smora(test_folder()))}));
  const RunLayout& layout = run.layout();
  const std::vector<std::uint64_t> count = run.usage(layout.sites[0].name).at(0).count;
  const auto tokens = static_cast<std::uint64_t>(layout.tasks[0].dev_tokens);
  EXPECT_EQ(std::accumulate(count.begin(), count.begin() + 8, std::uint64_t{0}), 2 * tokens);
}

TEST(Evaluate, RefusesTasksWithoutAHead) {
  const fs::path file = last_parameters_path(trained_smora(test_folder()));
  EXPECT_THAT(error_of([&] { evaluate_parameters({.parameters = file, .tasks = {"planted2"}}); }),
              AllOf(HasSubstr("has no head for planted2"), HasSubstr("planted0, planted1")));
}

TEST(Evaluate, ReplacesNoRunThatWasTrained) {
  const fs::path first = trained_smora(test_folder());
  const fs::path file = last_parameters_path(first);
  EXPECT_THAT(error_of([&] { evaluate_parameters({.parameters = file, .out = first}); }),
              HasSubstr("no evaluation wrote"));
  const fs::path own = first.parent_path() / "own.h5";
  EXPECT_EQ(evaluate_parameters({.parameters = file, .out = own}), own);
  EXPECT_EQ(evaluate_parameters({.parameters = file, .out = own}), own);
}

}  // namespace
}  // namespace rankwise

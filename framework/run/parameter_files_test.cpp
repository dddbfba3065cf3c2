// Which parameters a run leaves, and what their files say of themselves.

#include "framework/run/parameter_files.h"

#include "framework/io/safetensors.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/run/identify.h"
#include "framework/run/reuse.h"
#include "framework/run/run.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Pair;

// Steps so large that the best evaluation is not the last one.
RunJob job_keeping(const json& parameters, const std::filesystem::path& results,
                   const std::string& variant = "lora", const json& options = {{"rank", 4}}) {
  const json run{{"variant", variant},
                 {"options", options},
                 {"backbone", {{"name", "tiny"}}},
                 {"data",
                  {{"suite", "planted"},
                   {"tasks", {"planted2", "planted0"}},
                   {"options", {{"train", 16}, {"dev", 8}, {"test", 8}}}}},
                 {"train",
                  {{"steps", 6},
                   {"batch", 4},
                   {"learning_rate", 1},
                   {"evaluations", 2},
                   {"evaluate_at_start", true}}},
                 {"record", {{"samples", 0}, {"parameters", parameters}}}};
  const RunConfig config = resolve_run(run, "run");
  return {.config = config,
          .identity = identify(config, Contents{}),
          .study = "toy",
          .paths = {.results = results}};
}

std::map<std::string, std::string> metadata(const std::filesystem::path& file) {
  return safetensors::Reader(file).metadata();
}

TEST(ParameterFiles, AreThoseAskedFor) {
  const auto folder = test_folder();
  for (const auto& [word, last, best] : {std::tuple("none", false, false),
                                         {"last", true, false},
                                         {"best", false, true},
                                         {"both", true, true}}) {
    const RunJob job = job_keeping(word, folder);
    execute(job);
    EXPECT_EQ(std::filesystem::exists(last_parameters_path(run_file(job))), last) << word;
    EXPECT_EQ(std::filesystem::exists(best_parameters_path(run_file(job))), best) << word;
  }
}

TEST(ParameterFiles, SayWhatTheyHold) {
  const RunJob job = job_keeping("both", test_folder());
  execute(job);
  const json attributes = RunFile(run_file(job)).attributes();
  ASSERT_NE(attributes.at("best_step"), 6) << "best and last are the same: the test sees nothing";
  const auto last = metadata(last_parameters_path(run_file(job)));
  EXPECT_THAT(last, Contains(Pair("variant", "lora")));
  EXPECT_EQ(json::parse(last.at("options")).at("rank"), 4);
  EXPECT_THAT(last, Contains(Pair("scale", "2.0")));
  EXPECT_THAT(last, Contains(Pair("tasks", R"(["planted2","planted0"])")));
  EXPECT_THAT(last, Contains(Pair("parameters", "last")));
  EXPECT_THAT(last, Contains(Pair("step", "6")));
  EXPECT_EQ(last.at("config_hash"), attributes.at("config_hash"));
  const auto best = metadata(best_parameters_path(run_file(job)));
  EXPECT_THAT(best, Contains(Pair("parameters", "best")));
  EXPECT_EQ(best.at("step"), attributes.at("best_step").dump());
}

TEST(ParameterFiles, HaveNoScaleWhereThereIsNoPair) {
  const RunJob job = job_keeping("last", test_folder(), "full_fine_tuning", json::object());
  execute(job);
  EXPECT_EQ(metadata(last_parameters_path(run_file(job))).count("scale"), 0U);
}

TEST(ParameterFiles, AreReusedTogether) {
  const auto folder = test_folder();
  const RunJob first = job_keeping("both", folder);
  execute(first);
  RunJob second = first;
  second.study = "other";
  const auto found = find_reusable(second, {folder / "toy"});
  ASSERT_TRUE(found.has_value());
  ASSERT_TRUE(reuse(second, *found));
  EXPECT_EQ(metadata(best_parameters_path(run_file(second))),
            metadata(best_parameters_path(run_file(first))));
  std::filesystem::remove(best_parameters_path(run_file(first)));
  EXPECT_EQ(find_reusable(second, {folder / "toy"}), std::nullopt) << "the best ones are gone";
}

}  // namespace
}  // namespace rankwise

#include "framework/run/init_from.h"

#include "framework/model/load_weights.h"
#include "framework/run/stopped_run.h"
#include "framework/run/test_runs.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json run_of(const std::string& variant, const json& options,
            const std::vector<std::string>& tasks = {"planted0", "planted1"}) {
  return {{"variant", variant},
          {"options", options},
          {"backbone", {{"name", "tiny"}}},
          {"data",
           {{"suite", "planted"},
            {"tasks", tasks},
            {"options", {{"train", 16}, {"dev", 8}, {"test", 8}, {"head", "tasks"}}}}},
          {"train", {{"steps", 4}, {"batch", 4}, {"evaluations", 1}}},
          {"record", {{"samples", 0}}}};
}

RunJob job_with_init(const json& run, const std::string& init_from, const fs::path& results) {
  RunJob job = job_of(run, results);
  job.config.init_from = init_from;
  job.identity = identify(job.config, ContentReader(job.paths).of(job.config));
  return job;
}

// A trained LoRA's run file.
fs::path trained_lora(const fs::path& results) {
  const RunJob job = job_of(run_of("lora", {{"rank", 4}}), results);
  execute(job);
  return run_file(job);
}

std::string refused_start(const json& run, const fs::path& from, const fs::path& results) {
  return error_of([&] { execute(job_with_init(run, from.string(), results)); });
}

// Trains so little that the parameters stay what they were.
json still(json run) {
  run["train"] = {{"steps", 1},
                  {"batch", 1},
                  {"evaluations", 1},
                  {"learning_rate", 1e-30},
                  {"weight_decay", 0}};
  return run;
}

TEST(InitFrom, GoesOnFromTheParametersOfARun) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  const RunJob job = job_with_init(still(run_of("lora", {{"rank", 4}})), first.string(), folder);
  ASSERT_EQ(execute(job), RunOutcome::kFinished);
  const safetensors::Reader before(last_parameters_path(first));
  const safetensors::Reader after(last_parameters_path(run_file(job)));
  ASSERT_EQ(before.names(), after.names());
  for (const std::string& name : before.names()) {
    const auto one = before.find(name).bytes;
    const auto two = after.find(name).bytes;
    EXPECT_TRUE(std::equal(one.begin(), one.end(), two.begin(), two.end())) << name;
  }
  EXPECT_EQ(RunFile(run_file(job)).steps().front().step, 1) << "steps count from the start";
}

TEST(InitFrom, IsKnownByContent) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  const json run = run_of("lora", {{"rank", 4}});
  const RunJob by_run = job_with_init(run, first.string(), folder);
  const fs::path copy = folder / "copy.safetensors";
  fs::copy_file(last_parameters_path(first), copy);
  const RunJob by_file = job_with_init(run, copy.string(), folder);
  const RunJob by_name = job_with_init(run, "toy/lora-0", folder);
  EXPECT_EQ(by_run.identity.config_hash, by_file.identity.config_hash);
  EXPECT_EQ(by_run.identity.config_hash, by_name.identity.config_hash);
  const RunJob fresh = job_of(run, folder);
  EXPECT_NE(by_run.identity.config_hash, fresh.identity.config_hash);
  EXPECT_NE(by_run.identity.protocol_hash, fresh.identity.protocol_hash);
  EXPECT_EQ(RunJob::from_json(by_run.to_json()).identity.config_hash, by_run.identity.config_hash);
}

TEST(InitFrom, IsResumedFromItsOwnCheckpoint) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  const json run = run_of("lora", {{"rank", 4}});
  const RunJob uncut = job_with_init(run, first.string(), folder / "uncut");
  execute(uncut);
  RunJob cut = uncut;
  cut.paths.results = folder / "cut";
  ASSERT_EQ(execute(cut, stop_at(3)), RunOutcome::kStopped);
  ASSERT_EQ(execute(cut), RunOutcome::kFinished);
  EXPECT_EQ(bytes_of(last_parameters_path(run_file(cut))),
            bytes_of(last_parameters_path(run_file(uncut))));
}

TEST(InitFrom, TakesHeadsWhereTheTaskIsThere) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  const json run = still(run_of("lora", {{"rank", 4}}, {"planted1", "planted2"}));
  const RunJob job = job_with_init(run, first.string(), folder);
  testing::internal::CaptureStderr();
  ASSERT_EQ(execute(job), RunOutcome::kFinished);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("lora seed 0  fresh heads for planted2, which "));
  const auto head = [](const fs::path& file) {
    const safetensors::Reader reader(file);
    const auto bytes = reader.find("planted1_weight").bytes;
    return std::vector(bytes.begin(), bytes.end());
  };
  EXPECT_EQ(head(last_parameters_path(run_file(job))), head(last_parameters_path(first)));
}

TEST(InitFrom, RefusesWhatDoesNotFit) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  EXPECT_THAT(refused_start(run_of("lora", {{"rank", 2}}), first, folder),
              AllOf(HasSubstr("init_from: "), HasSubstr("tensor layer.0.lora_A has shape [4, "),
                    HasSubstr("expected [2, ")));
  EXPECT_THAT(refused_start(run_of("dora", {{"rank", 4}}), first, folder),
              HasSubstr("holds parameters of variant 'lora', and the run's is 'dora'"));
  json fewer = run_of("lora", {{"rank", 4}});
  fewer["sites"] = {"layer.0"};
  EXPECT_THAT(refused_start(fewer, first, folder),
              HasSubstr("has a tensor layer.1.lora_A that the run's"));
  const RunJob more = job_of(run_of("more", json::object()), folder);
  execute(more);
  EXPECT_THAT(refused_start(run_of("more", json::object(), {"planted1", "planted0"}),
                            run_file(more), folder),
              HasSubstr("holds parameters of the tasks planted0, planted1"));
}

TEST(InitFrom, IsCheckedBeforeTraining) {
  const auto folder = test_folder();
  const fs::path first = trained_lora(folder);
  const RunJob job = job_with_init(run_of("lora", {{"rank", 2}}), first.string(), folder);
  EXPECT_THAT(
      error_of([&] { check_init(job.config, job.paths, load_data(job.config, job.paths, "cpu")); }),
      HasSubstr("tensor layer.0.lora_A has shape [4, "));
}

TEST(InitFrom, SaysWhatIsMissing) {
  const auto folder = test_folder();
  const auto missing = [&](const std::string& from) {
    return error_of([&] { init_file(from, folder); });
  };
  EXPECT_THAT(missing("x.safetensors"), HasSubstr("x.safetensors: no such file of parameters"));
  EXPECT_THAT(missing("x.h5"), HasSubstr("x.h5: no such run file"));
  EXPECT_THAT(missing("lora"), HasSubstr("nor STUDY/LABEL-SEED"));
  EXPECT_THAT(missing("toy/lora-0"), HasSubstr("has no finished run lora-s0-*.h5"));
  const fs::path first = trained_lora(folder);
  EXPECT_EQ(init_file("toy/lora-s0", folder), last_parameters_path(first));
  fs::copy_file(first, folder / "toy" / "lora-s0-0000000000.h5");
  EXPECT_THAT(missing("toy/lora-0"), HasSubstr("may be any of lora-s0-0000000000.h5, lora-s0-"));
  fs::remove(last_parameters_path(first));
  EXPECT_THAT(missing(first), HasSubstr("has no parameters beside it"));
}

}  // namespace
}  // namespace rankwise

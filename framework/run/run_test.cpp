// Whole runs on a small planted suite: what is written, skipped, kept, and the same again.

#include "framework/run/run.h"

#include "framework/core/error.h"
#include "framework/io/lease.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/run/identify.h"
#include "framework/run/parameter_files.h"
#include "framework/run/plan.h"
#include "framework/run/reuse.h"
#include "framework/run/run_setup.h"
#include "framework/run/test_runs.h"
#include "framework/train/checkpoint.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t kDevRows = 16;

json small_run(const std::string& variant = "smora") {
  const json options = variant == "smora" ? json{{"rank", 8}, {"active", 2}} : json::object();
  return {{"variant", variant},
          {"options", options},
          {"seed", 3},
          {"backbone", {{"name", "tiny"}}},
          {"data",
           {{"suite", "planted"}, {"options", {{"train", 32}, {"dev", kDevRows}, {"test", 24}}}}},
          {"train", {{"steps", 20}, {"batch", 8}, {"learning_rate", 1e-2}, {"evaluations", 4}}},
          {"record", {{"samples", 2}}}};
}

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename());
  }
  return names;
}

std::uint64_t sum(const std::vector<std::uint64_t>& values, std::size_t first, std::size_t count) {
  std::uint64_t total = 0;
  for (std::size_t i = first; i < first + count; ++i) total += values[i];
  return total;
}

TEST(Run, IsFinishedOnceAndSkippedAfterwards) {
  const RunJob job = job_of(small_run(), test_folder());
  EXPECT_EQ(execute(job), RunOutcome::kFinished);
  const auto file = run_file(job);
  const std::string stem = file.stem();
  EXPECT_THAT(names_in(file.parent_path()), ElementsAre(stem + ".h5", stem + ".safetensors"));
  const std::string bytes = bytes_of(file);
  EXPECT_EQ(execute(job), RunOutcome::kSkipped);
  EXPECT_EQ(bytes_of(file), bytes);
}

TEST(Run, ThatIsFinishedLosesWhatAKillLeftOfIt) {
  const RunJob job = job_of(small_run(), test_folder());
  execute(job);
  const auto file = run_file(job);
  const auto names = names_in(file.parent_path());
  write_bytes(checkpoint_path(file), "newest");
  write_bytes(older_checkpoint_path(file), "older");
  EXPECT_EQ(execute(job), RunOutcome::kSkipped);
  EXPECT_EQ(names_in(file.parent_path()), names);
  std::filesystem::path unready = last_parameters_path(file);
  unready += ".new";
  for (const auto& path : {partial_path(file), failed_path(file), unready}) {
    write_bytes(path, "left");
    EXPECT_EQ(execute(job), RunOutcome::kSkipped);
    EXPECT_EQ(names_in(file.parent_path()), names) << path;
  }
}

TEST(Run, AnotherLabelIsAnotherFile) {
  json run = small_run();
  const auto folder = test_folder();
  const auto first = run_file(job_of(run, folder));
  run["label"] = "another";
  EXPECT_NE(run_file(job_of(run, folder)), first);
}

// A row that two studies share is trained once.
TEST(Run, IsReusedUnderAnotherStudysNames) {
  const auto folder = test_folder();
  const RunJob first = job_of(small_run(), folder);
  execute(first);
  RunJob second = first;
  second.study = "ablation";
  second.order = 4;
  second.note = "tiny";
  second.config.label = "reference";
  const auto found = find_reusable(second, {folder, folder / "toy"});
  ASSERT_EQ(found, run_file(first));
  EXPECT_TRUE(reuse(second, *found));
  EXPECT_EQ(execute(second), RunOutcome::kSkipped);

  const RunFile copy(run_file(second));
  json expected = RunFile(run_file(first)).attributes();
  expected["study"] = "ablation";
  expected["order"] = 4;
  expected["label"] = expected["config"]["label"] = "reference";
  expected["scale_note"] = "tiny: " + expected["scale_note"].get<std::string>();
  expected["taken_from"] = "toy/" + run_file(first).filename().string();
  EXPECT_EQ(copy.attributes(), expected);
  EXPECT_EQ(copy.predictions(), RunFile(run_file(first)).predictions());
  const auto parameters = [](std::filesystem::path run) {
    return bytes_of(run.replace_extension(".safetensors"));
  };
  EXPECT_EQ(parameters(run_file(second)), parameters(run_file(first)));
}

TEST(Run, IsReusedOnlyWhereItIsTheSameAndWhole) {
  const auto folder = test_folder();
  const RunJob job = job_of(small_run(), folder);
  execute(job);
  json run = small_run();
  run["train"]["steps"] = 19;
  EXPECT_EQ(find_reusable(job_of(run, folder), {folder / "toy"}), std::nullopt);
  EXPECT_THAT(error_of([&] { find_reusable(job, {folder / "missing"}); }),
              HasSubstr("missing: there is no such folder"));
  std::filesystem::remove(run_file(job).replace_extension(".safetensors"));
  EXPECT_EQ(find_reusable(job, {folder / "toy"}), std::nullopt) << "its parameters are gone";
}

TEST(Run, IsLeftToTheProcessThatHoldsIt) {
  const RunJob job = job_of(small_run(), test_folder());
  const auto lease = Lease::try_take(lock_path(run_file(job)));
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(execute(job), RunOutcome::kBusy);
  EXPECT_FALSE(std::filesystem::exists(run_file(job)));
}

TEST(Run, RecordsEveryStepAndEvaluation) {
  const RunJob job = job_of(small_run(), test_folder());
  execute(job);
  const RunFile file(run_file(job));
  EXPECT_EQ(file.status(), "finished");
  const auto steps = file.steps();
  ASSERT_THAT(steps, SizeIs(20));
  EXPECT_EQ(steps[19].step, 20);
  EXPECT_EQ(steps[0].tokens, 8) << "eight sequences of one row";
  EXPECT_GT(steps[0].loss, 0);
  EXPECT_EQ(file.evaluation_count(), 4U);
  EXPECT_EQ(file.evaluations()[1].step, 10);
  const json& attributes = file.attributes();
  EXPECT_EQ(attributes.at("variant"), "smora");
  EXPECT_EQ(attributes.at("study"), "toy");
  EXPECT_EQ(attributes.at("seed"), 3);
  EXPECT_EQ(attributes.at("suite"), "planted");
  EXPECT_EQ(attributes.at("backbone"), "tiny (random)");
  EXPECT_EQ(attributes.at("config_hash").get<std::string>().substr(0, 10),
            run_file(job).stem().string().substr(run_file(job).stem().string().size() - 10));
}

TEST(Run, UsageSumsToRowsTimesActiveRanks) {
  const RunJob job = job_of(small_run(), test_folder());
  execute(job);
  const RunFile file(run_file(job));
  const auto steps = file.steps();
  ASSERT_THAT(file.layout().sites, SizeIs(3));
  for (const SiteRecord& site : file.layout().sites) {
    const auto usage = file.usage(site.name);
    ASSERT_THAT(usage, SizeIs(4));
    for (std::size_t e = 0; e < usage.size(); ++e) {
      std::uint64_t trained = 0;
      for (std::size_t t = 0; t < 8; ++t) {
        EXPECT_EQ(sum(usage[e].count, 8 * t, 8), kDevRows * 2) << site.name << " task " << t;
        double mass = 0;
        for (std::size_t r = 0; r < 8; ++r) mass += usage[e].gate_mass[8 * t + r];
        EXPECT_NEAR(mass, kDevRows * 2, 1e-4) << "gates sum to k in single precision";
        trained += sum(usage[e].training_count, 8 * t, 8);
      }
      EXPECT_EQ(trained, (e + 1) * 5 * 8 * 2) << "rows of the steps so far, twice";
    }
  }
}

std::map<std::string, std::string> finals(const RunFile& file) {
  std::map<std::string, std::string> seen;
  for (const PredictionRecord& record : file.predictions()) {
    seen[record.task] += record.split + " " + record.parameters + "; ";
  }
  return seen;
}

// The index of the evaluation that the rule for `best` picks.
std::size_t best_evaluation(const std::vector<EvaluationRecord>& evaluations) {
  std::size_t best = 0;
  double lowest = 1e300;
  for (std::size_t e = 0; e < evaluations.size(); ++e) {
    double total = 0;
    for (const auto& [task, scores] : evaluations[e].scores) total += scores.at("relative_error");
    if (total < lowest) {
      lowest = total;
      best = e;
    }
  }
  return best;
}

TEST(Run, KeepsLastAndBest) {
  const RunJob job = job_of(small_run("smora"), test_folder());
  execute(job);
  const RunFile file(run_file(job));
  EXPECT_THAT(finals(file), SizeIs(8));
  const auto evaluations = file.evaluations();
  const std::size_t best = best_evaluation(evaluations);
  ASSERT_LT(best, 3U) << "the last evaluation is the best one: the test sees nothing";
  EXPECT_EQ(file.attributes().at("best_step"), evaluations[best].step);
  for (const PredictionRecord& record : file.predictions()) {
    const double score = record.scores.at("relative_error");
    if (record.split != "dev") continue;
    const auto& expected = evaluations[record.parameters == "best" ? best : 3].scores;
    EXPECT_NEAR(score, expected.at(record.task).at("relative_error"), 1e-5 * score)
        << record.task << " " << record.parameters;
  }
}

TEST(Run, PredictionsHaveTheirExamples) {
  const RunJob job = job_of(small_run(), test_folder());
  execute(job);
  const RunFile file(run_file(job));
  const auto seen = finals(file);
  ASSERT_THAT(seen, SizeIs(8));
  for (const char* part : {"dev last", "test last", "dev best", "test best"}) {
    EXPECT_THAT(seen.at("planted0"), HasSubstr(part));
  }
  for (const PredictionRecord& record : file.predictions()) {
    const std::size_t examples = record.split == "dev" ? kDevRows : 24;
    EXPECT_EQ(record.width, 16);
    EXPECT_THAT(record.prediction, SizeIs(examples * 16));
    EXPECT_THAT(record.label, SizeIs(examples * 16));
  }
  EXPECT_THAT(file.sample_tasks(), SizeIs(16));
  EXPECT_THAT(file.factors(), SizeIs(3));
  EXPECT_EQ(file.parameters().trainable, 3 * 8 * (32 + 32 + 32));
}

// What a run leaves, times and machine aside.
struct Left {
  explicit Left(const RunJob& job) : file(run_file(job)) {
    tensors = bytes_of(run_file(job).replace_extension(".safetensors"));
    steps = file.steps();
    for (StepRecord& step : steps) step.seconds = 0;
  }
  RunFile file;
  std::string tensors;
  std::vector<StepRecord> steps;
};

TEST(Run, SameSeedSameBitsInAnotherFolder) {
  const auto folder = test_folder();
  for (const char* variant : {"smora", "more", "flylora"}) {
    const RunJob first = job_of(small_run(variant), folder / "a");
    const RunJob second = job_of(small_run(variant), folder / "b");
    execute(first);
    execute(second);
    const Left one(first);
    const Left two(second);
    EXPECT_FALSE(one.tensors.empty());
    EXPECT_EQ(one.tensors, two.tensors) << variant;
    EXPECT_EQ(one.steps, two.steps) << variant;
    EXPECT_EQ(one.file.evaluations(), two.file.evaluations()) << variant;
    EXPECT_EQ(one.file.predictions(), two.file.predictions()) << variant;
    EXPECT_EQ(one.file.attributes().at("config_hash"), two.file.attributes().at("config_hash"));
  }
}

TEST(Run, AnotherSeedIsAnotherRun) {
  const auto folder = test_folder();
  json run = small_run();
  execute(job_of(run, folder));
  const Left one(job_of(run, folder));
  run["seed"] = 4;
  execute(job_of(run, folder));
  const Left two(job_of(run, folder));
  EXPECT_NE(one.tensors, two.tensors);
  EXPECT_NE(one.steps, two.steps);
}

TEST(Run, FailuresAreKeptAndTriedAgain) {
  json run = small_run("lora");
  run["train"]["learning_rate"] = 1e30;
  run["train"]["clip"] = 0;
  const RunJob job = job_of(run, test_folder());
  for (int attempt = 0; attempt < 2; ++attempt) {
    const std::string message = error_of([&] { execute(job); });
    EXPECT_THAT(message, HasSubstr("lower train.learning_rate"));
    const auto failed = failed_path(run_file(job));
    ASSERT_TRUE(std::filesystem::exists(failed));
    EXPECT_EQ(RunFile(failed).status(), "failed");
    EXPECT_FALSE(std::filesystem::exists(run_file(job)));
    EXPECT_FALSE(std::filesystem::exists(partial_path(run_file(job))));
  }
}

TEST(Run, ReferenceMethodsRecordNoUsage) {
  for (const char* variant : {"full_fine_tuning", "linear_probe"}) {
    const RunJob job = job_of(small_run(variant), test_folder());
    EXPECT_EQ(execute(job), RunOutcome::kFinished) << variant;
    EXPECT_TRUE(RunFile(run_file(job)).layout().sites.empty());
  }
}

TEST(Plan, CountsTokensAndProducts) {
  json run = small_run("lora");
  const RunPlan found = plan(job_of(run, test_folder()));
  EXPECT_EQ(found.training_tokens, 20 * 8);
  EXPECT_EQ(found.evaluation_tokens, 4 * 8 * kDevRows + 8 * 24);
  EXPECT_EQ(found.trainable, 3 * 2 * 8 * 32);
  // A layer: 32 x 32 frozen, A and B 256 each; two FLOPs a weight, three products where trained.
  const double forward = 3 * 2 * (1024 + 512);
  const double backward = 3 * 2 * (1024 + 2 * 512);
  EXPECT_EQ(found.flops, 160 * (forward + backward) + 704 * forward);
  EXPECT_EQ(found.disk_mib, 3 * 512 * 4 * 2 / 1048576.0);
  run["train"]["evaluations"] = 100;  // at most one per step
  run["train"]["evaluate_at_start"] = true;
  EXPECT_EQ(plan(job_of(run, test_folder())).evaluation_tokens, 21 * 8 * kDevRows + 8 * 24);
}

TEST(RunJob, TravelsAsJson) {
  RunJob job = job_of(small_run(), "results");
  job.note = "small";
  job.order = 4;
  job.threads = 2;
  EXPECT_EQ(RunJob::from_json(json::parse(job.to_json().dump())).to_json(), job.to_json());
}

TEST(Device, IsCpuOrCuda) {
  EXPECT_TRUE(parse_device("cpu").is_cpu());
  EXPECT_THAT(error_of([] { parse_device("tpu"); }), HasSubstr("the devices are cpu, cuda"));
  try {
    EXPECT_TRUE(parse_device("cuda").is_cuda());
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("use --device cpu"));
  }
}

}  // namespace
}  // namespace rankwise

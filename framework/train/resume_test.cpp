// A run that was cut anywhere and resumed leaves the bits of one that was not.

#include "framework/train/resume.h"

#include "framework/adapter/variant.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"
#include "framework/testing/toy.h"
#include "framework/train/progress.h"
#include "framework/train/statistics.h"
#include "framework/train/stop.h"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using torch::Tensor;

const Dataset& tokens() { return toy::dataset(toy::Kind::kTokens); }

// Ends the training after a step.
struct StopAfter : Observer {
  explicit StopAfter(std::int64_t last) : last_step(last) {}
  void on_step(const StepRecord& record) override {
    losses.push_back(record.loss + record.auxiliary);
    if (record.step == last_step) throw Stopped();
  }
  std::int64_t last_step;
  std::vector<double> losses;
};

// A toy model with its trainer.
struct Training {
  Training(const toy::Recipe& recipe, const TrainOptions& options, const Dataset& dataset)
      : model(toy::model(recipe)), trainer(*model, dataset, options, Seed(1), recipe.tensors) {}

  // The losses up to `last`, or to the end.
  std::vector<double> run(std::int64_t last = std::numeric_limits<std::int64_t>::max()) {
    StopAfter observer(last);
    try {
      trainer.run({&observer}, [](std::int64_t) {});
    } catch (const Stopped&) {
    }
    return observer.losses;
  }

  // Everything that the next step depends on or that the run file will hold.
  std::vector<std::pair<std::string, Tensor>> state() {
    auto all = model->state();
    for (auto& tensor : trainer.state()) all.push_back(std::move(tensor));
    all.emplace_back("optimizer_steps", trainer.optimizer_steps());
    for (const auto& [site, update] : model->adapter().attached()) {
      if (const RankUsage* usage = update->training_usage()) {
        all.emplace_back("training_count." + site.name, usage->count());
      }
    }
    return all;
  }

  std::unique_ptr<Model> model;
  Trainer trainer;
};

void expect_same_bits(Training& resumed, Training& uncut, const std::string& what) {
  const auto found = resumed.state();
  const auto expected = uncut.state();
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(torch::equal(found[i].second, expected[i].second))
        << what << ": " << expected[i].first;
  }
}

// Cuts a run after each of `steps` and compares with the uncut one. `seed` of the model that is
// resumed: of another one, the checkpoint must bring everything that training changes.
void expect_resumes(const toy::Recipe& recipe, const TrainOptions& options, const Dataset& dataset,
                    const std::vector<std::int64_t>& steps, std::uint64_t seed = 99) {
  const auto file = test_folder() / "run.h5";
  Training uncut(recipe, options, dataset);
  const std::vector<double> losses = uncut.run();
  for (const std::int64_t step : steps) {
    const std::string what =
        fmt::format("{}, {}{}, cut after step {}", recipe.variant, options.sampler.tasks,
                    options.sampler.mixed ? ", mixed" : "", step);
    Training cut(recipe, options, dataset);
    if (step > 0) cut.run(step);
    save_checkpoint({file, "hash"}, *cut.model, cut.trainer, {});
    toy::Recipe other = recipe;
    other.seed = seed;
    Training resumed(other, options, dataset);
    Checkpoint(checkpoint_path(file)).restore(*resumed.model, resumed.trainer);
    const std::vector<double> rest = resumed.run();
    EXPECT_EQ(rest, std::vector<double>(losses.begin() + step, losses.end())) << what;
    expect_same_bits(resumed, uncut, what);
  }
}

TrainOptions options_for(const std::string& rule, bool mixed, std::int64_t steps = 12) {
  TrainOptions options = toy::training(steps);
  options.batch = 4;
  options.sampler.tasks = rule;
  options.sampler.mixed = mixed;
  return options;
}

std::vector<std::int64_t> steps_from_zero(std::int64_t last) {
  std::vector<std::int64_t> steps;
  for (std::int64_t step = 0; step <= last; ++step) steps.push_back(step);
  return steps;
}

const toy::Recipe kSmora{.variant = "smora",
                         .options = {{"rank", 8}, {"active", 2}, {"dropout", 0.1}}};

TEST(Resume, IsExactAfterEveryStep) {
  for (const bool mixed : {false, true}) {
    expect_resumes(kSmora, options_for("proportional", mixed), tokens(), steps_from_zero(12));
  }
}

TEST(Resume, IsExactForEverySamplerRule) {
  for (const std::string& rule : task_weightings().names()) {
    for (const bool mixed : {false, true}) {
      expect_resumes({.variant = "linear_probe"}, options_for(rule, mixed), tokens(), {1, 7});
    }
  }
  TrainOptions replacing = options_for("equal", false);
  replacing.sampler.replacement = true;
  expect_resumes({.variant = "linear_probe"}, replacing, tokens(), {1, 7});
}

// AdamW's counter of a head stands still until its task comes.
TEST(Resume, IsExactWhereATaskIsAbsentForLong) {
  TrainOptions options = options_for("proportional", false, 40);
  options.batch = 1;
  Dataset dataset = tokens();
  dataset.tasks[3].train.groups.resize(3);  // two examples
  expect_resumes({.variant = "linear_probe"}, options, dataset, {1, 5, 20, 39});
  Training uncut({.variant = "linear_probe"}, options, dataset);
  uncut.run();
  const Tensor steps = uncut.trainer.optimizer_steps();
  EXPECT_LT(steps.min().item<std::int64_t>(), 5) << "no task was absent: the test sees nothing";
  EXPECT_GT(steps.max().item<std::int64_t>(), 5);
}

TEST(Resume, IsExactForEveryVariant) {
  for (const std::string& variant : variants().names()) {
    const toy::Recipe recipe{.variant = variant};  // some draw from the run's seed as they train
    expect_resumes(recipe, options_for("round_robin", false, 9), tokens(), {5}, recipe.seed);
  }
}

TEST(Checkpoint, KeepsWhatEvaluationsLeft) {
  const auto file = test_folder() / "run.h5";
  Training training({.variant = "lora"}, options_for("equal", true), tokens());
  training.run(5);
  EvaluationState state{.last_step = 5, .best_step = 3, .best_score = 0.25};
  for (const auto& [name, tensor] : training.model->state()) {
    state.best_parameters.push_back(tensor.detach() + 1);
  }
  save_checkpoint({file, "hash"}, *training.model, training.trainer, state);
  Training other({.variant = "lora"}, options_for("equal", true), tokens());
  const Checkpoint checkpoint(checkpoint_path(file));
  EXPECT_EQ(checkpoint.step(), 5);
  EXPECT_EQ(checkpoint.last_evaluation(), 5);
  const EvaluationState found = checkpoint.restore(*other.model, other.trainer);
  EXPECT_EQ(found.last_step, 5);
  EXPECT_EQ(found.best_step, 3);
  EXPECT_EQ(found.best_score, 0.25);
  ASSERT_EQ(found.best_parameters.size(), state.best_parameters.size());
  for (std::size_t i = 0; i < found.best_parameters.size(); ++i) {
    EXPECT_TRUE(torch::equal(found.best_parameters[i], state.best_parameters[i]));
  }
}

// What a run leaves when it is killed: a partial file with `recorded` steps, and a checkpoint after
// each of `saved`.
class Interrupted {
 public:
  Interrupted(std::int64_t recorded, const std::vector<std::int64_t>& saved)
      : run_{test_folder() / "run.h5", "hash"},
        training_(kLora, options_for("equal", true), tokens()) {
    RunWriter writer(run_.file, run_layout(tokens(), *training_.model), nlohmann::json::object());
    for (std::int64_t step = 1; step <= recorded; ++step) writer.step({.step = step, .tokens = 1});
    writer.flush();
    for (const std::int64_t step : saved) {
      training_.run(step);
      save_checkpoint(run_, *training_.model, training_.trainer, {});
    }
  }

  // The step at which another process resumes; -1: it starts from scratch.
  std::int64_t resumed_step() const {
    Training other(kLora, options_for("equal", true), tokens());
    const auto resumed = resume(run_, *other.model, other.trainer, "lora seed 0");
    if (!resumed) return -1;
    EXPECT_EQ(static_cast<std::int64_t>(resumed->history.steps.size()), other.trainer.steps_done());
    return other.trainer.steps_done();
  }

  void damage(const std::filesystem::path& path) const { write_bytes(path, "damaged"); }
  const std::filesystem::path& file() const { return run_.file; }
  // As if what lies there were of another run.
  void call_it(const std::string& config_hash) { run_.config_hash = config_hash; }

 private:
  inline static const toy::Recipe kLora{.variant = "lora", .options = {{"rank", 2}}};
  CheckpointedRun run_;
  Training training_;
};

TEST(Resume, TakesTheNewestOfTwoCheckpoints) {
  const Interrupted left(10, {3, 6, 9});
  EXPECT_EQ(left.resumed_step(), 9);
  EXPECT_EQ(Checkpoint(older_checkpoint_path(left.file())).step(), 6);
}

TEST(Resume, FallsBackFromADamagedCheckpoint) {
  const Interrupted left(10, {3, 6});
  left.damage(checkpoint_path(left.file()));
  testing::internal::CaptureStderr();
  EXPECT_EQ(left.resumed_step(), 3);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("is not a safetensors file; the checkpoint before is taken"));
  EXPECT_THAT(said, HasSubstr("resuming at step 3"));
}

TEST(Resume, TakesNoCheckpointOfAnotherConfiguration) {
  Interrupted left(10, {3, 6});
  left.call_it("other");
  testing::internal::CaptureStderr();
  EXPECT_THAT(
      error_of([&] { left.resumed_step(); }),
      HasSubstr("is a checkpoint of another configuration: of hash, expected other; delete"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("the checkpoint before is taken"));
}

TEST(Resume, GoesOnWhereARunFailed) {
  const Interrupted left(10, {3, 6});
  std::filesystem::rename(partial_path(left.file()), failed_path(left.file()));
  EXPECT_EQ(left.resumed_step(), 6);
}

TEST(Resume, TakesNoCheckpointThatTheFileDoesNotReach) {
  EXPECT_EQ(Interrupted(5, {3, 6}).resumed_step(), 3);
  EXPECT_EQ(Interrupted(2, {3, 6}).resumed_step(), -1);
}

TEST(Resume, SaysWhatToDeleteWhereAllIsDamaged) {
  const Interrupted left(10, {3, 6});
  left.damage(checkpoint_path(left.file()));
  left.damage(older_checkpoint_path(left.file()));
  EXPECT_THAT(error_of([&] { left.resumed_step(); }),
              HasSubstr("delete " + partial_path(left.file()).string() +
                        " to restart this run from scratch"));
}

TEST(Progress, SaysNothingOfTheTimeLeftBeforeASecondIsMeasured) {
  Progress progress("lora seed 0", 100);
  testing::internal::CaptureStderr();
  progress.on_step({.step = 98, .loss = 0.5, .tokens = 8, .seconds = 0.01});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "lora seed 0  step 98/100  loss 0.5000\n");
  testing::internal::CaptureStderr();
  progress.on_step({.step = 99, .loss = 0.5, .tokens = 8, .seconds = 1.59});
  progress.on_step({.step = 100, .loss = 0.25, .tokens = 8, .seconds = 0.4});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "lora seed 0  step 100/100  loss 0.2500  12 tokens/s  0 s left\n");
}

}  // namespace
}  // namespace rankwise

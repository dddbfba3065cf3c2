// Schedule, training loop and evaluation on the toy tasks.

#include "framework/train/trainer.h"

#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/toy.h"
#include "framework/train/evaluator.h"
#include "framework/train/schedule.h"
#include "framework/train/statistics.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

namespace rankwise {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using torch::Tensor;

const toy::Recipe kLora{.variant = "lora", .options = {{"rank", 2}}};

std::vector<double> factors(const TrainOptions& options) {
  const std::int64_t steps = options.steps.value();
  std::vector<double> found;
  for (std::int64_t step = 0; step < steps; ++step) {
    found.push_back(schedule_factor(options, step, steps));
  }
  return found;
}

TEST(Schedule, WarmsUpThenFallsToZeroOneStepAfterTheLast) {
  TrainOptions options;
  options.steps = 6;
  options.warmup = 1.0 / 3;
  EXPECT_THAT(factors(options), ElementsAre(0.5, 1, 1, 0.75, 0.5, 0.25));
  options.schedule = LearningSchedule::kConstant;
  EXPECT_THAT(factors(options), ElementsAre(0.5, 1, 1, 1, 1, 1));
  options.schedule = LearningSchedule::kCosine;
  const double half = (1 + std::cos(std::numbers::pi / 4)) / 2;
  EXPECT_THAT(factors(options),
              ElementsAre(0.5, 1, 1, DoubleEq(half), DoubleEq(0.5), DoubleEq(1 - half)));
}

TEST(Schedule, MayHaveNoWarmUpOrNothingElse) {
  TrainOptions options;
  options.steps = 4;
  options.warmup = 0;
  EXPECT_THAT(factors(options), ElementsAre(1, 0.75, 0.5, 0.25));
  options.warmup = 1;
  EXPECT_THAT(factors(options), ElementsAre(0.25, 0.5, 0.75, 1));
}

TEST(Schedule, MayWarmUpForANumberOfSteps) {
  TrainOptions options;
  options.steps = 4;
  options.warmup.reset();
  options.warmup_steps = 2;
  EXPECT_THAT(factors(options), ElementsAre(0.5, 1, 1, 0.5));
  options.warmup_steps = 8;
  EXPECT_THAT(factors(options), ElementsAre(0.125, 0.25, 0.375, 0.5)) << "longer than the run";
}

Trainer make_trainer(Model& model, const TrainOptions& options,
                     const Dataset& dataset = toy::dataset(toy::Kind::kTokens)) {
  return Trainer(model, dataset, options, Seed(1), kDouble);
}

std::vector<std::int64_t> evaluation_steps(TrainOptions options) {
  const auto model = toy::model({.variant = "linear_probe"});
  options.batch = 1;
  std::vector<std::int64_t> steps;
  make_trainer(*model, options).run({}, [&](std::int64_t step) { steps.push_back(step); });
  return steps;
}

TEST(Trainer, EvaluatesEvenlyAndAtTheEnd) {
  TrainOptions options = toy::training(10);
  options.evaluations = 3;
  EXPECT_THAT(evaluation_steps(options), ElementsAre(4, 7, 10));
  options.evaluations = 1;
  EXPECT_THAT(evaluation_steps(options), ElementsAre(10));
  options.evaluate_at_start = true;
  EXPECT_THAT(evaluation_steps(options), ElementsAre(0, 10));
  options.steps = 3;
  options.evaluations = 7;
  options.evaluate_at_start = false;
  EXPECT_THAT(evaluation_steps(options), ElementsAre(1, 2, 3));
}

struct Log : Observer {
  void on_step(const StepRecord& record) override { steps.push_back(record); }
  std::vector<StepRecord> steps;
};

TEST(Trainer, TellsWhatEachStepDid) {
  const auto model = toy::model(kLora);
  TrainOptions options = toy::training(4);
  options.sampler.mixed = false;
  options.sampler.tasks = "round_robin";
  options.warmup = 0;
  Log log;
  make_trainer(*model, options).run({&log}, [](std::int64_t) {});
  ASSERT_EQ(log.steps.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(log.steps[i].step, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(log.steps[i].task, static_cast<std::int32_t>(i));
    EXPECT_DOUBLE_EQ(log.steps[i].learning_rate, 1e-2 * (1 - static_cast<double>(i) / 4));
    EXPECT_GT(log.steps[i].tokens, 16 * 2) << "each of 16 sequences has 2 tokens or more";
    EXPECT_EQ(log.steps[i].auxiliary, 0);
  }
}

TEST(Trainer, LossIsTheMeanOverExamplesBeforeTheStep) {
  const auto model = toy::model(kLora);
  const auto examples = toy::examples(toy::Kind::kTokens, 2);
  const Batch batch = pack(toy::dataset(toy::Kind::kTokens), SplitName::kTrain, examples, kDouble);
  const double expected =
      model->heads().loss_sum(model->forward({.batch = batch}).pooled, batch).item<double>() / 8;
  const StepRecord record = make_trainer(*model, toy::training(1)).step(examples);
  EXPECT_DOUBLE_EQ(record.loss, expected);
  EXPECT_EQ(record.task, -1) << "a batch of several tasks";
  EXPECT_EQ(record.tokens, batch.rows());
}

double largest_change(const std::vector<Tensor>& parameters, const std::vector<Tensor>& before) {
  double largest = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    largest = std::max(largest, (parameters[i] - before[i]).abs().max().item<double>());
  }
  return largest;
}

std::vector<Tensor> copies(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> copied;
  copied.reserve(tensors.size());
  for (const Tensor& tensor : tensors) copied.push_back(tensor.detach().clone());
  return copied;
}

TEST(Trainer, HeadsHaveALearningRateOfTheirOwn) {
  const auto model = toy::model(kLora);
  TrainOptions options = toy::training(1);
  options.learning_rate = 1e-3;
  options.head_learning_rate = 1e-1;
  options.weight_decay = 0;
  options.schedule = LearningSchedule::kConstant;
  options.warmup = 0;
  const auto adapter = copies(model->adapter_parameters());
  const auto heads = copies(model->head_parameters());
  make_trainer(*model, options).step(toy::examples(toy::Kind::kTokens, 4));
  // AdamW's first step is the learning rate times g / (|g| + epsilon).
  EXPECT_NEAR(largest_change(model->adapter_parameters(), adapter), 1e-3, 1e-6);
  EXPECT_NEAR(largest_change(model->head_parameters(), heads), 1e-1, 1e-4);
}

TEST(Trainer, WeightDecayIsDecoupled) {
  const auto model = toy::model(kLora);
  const auto plain = toy::model(kLora);
  TrainOptions options = toy::training(1);
  options.schedule = LearningSchedule::kConstant;
  options.warmup = 0;
  options.weight_decay = 0.5;
  const Tensor start = model->adapter_parameters()[0].detach().clone();
  make_trainer(*model, options).step(toy::examples(toy::Kind::kTokens, 4));
  options.weight_decay = 0;
  make_trainer(*plain, options).step(toy::examples(toy::Kind::kTokens, 4));
  const Tensor difference = plain->adapter_parameters()[0] - model->adapter_parameters()[0];
  EXPECT_TRUE(torch::allclose(difference, start * (0.5 * 1e-2), 0, 1e-15));
}

TEST(Trainer, ClipsTheNormOfAllGradientsTogether) {
  const auto norm = [](double clip) {
    const auto model = toy::model(kLora);
    TrainOptions options = toy::training(1);
    options.clip = clip;
    make_trainer(*model, options).step(toy::examples(toy::Kind::kTokens, 4));
    double square = 0;
    for (const auto& list : {model->adapter_parameters(), model->head_parameters()}) {
      for (const Tensor& tensor : list) square += tensor.grad().square().sum().item<double>();
    }
    return std::sqrt(square);
  };
  const double free = norm(0);
  EXPECT_GT(free, 0.01);
  EXPECT_NEAR(norm(0.01), 0.01, 1e-6);  // LibTorch divides by the norm + 1e-6
  EXPECT_DOUBLE_EQ(norm(1e6), free);
}

// A model whose updates matter and whose parameters do not move: losses differ by noise alone.
std::unique_ptr<Model> noisy_model() {
  auto model = toy::model({.variant = "lora", .options = {{"rank", 2}, {"dropout", 0.5}}});
  const torch::NoGradGuard no_grad;
  for (const auto& [site, update] : model->adapter().attached()) update->factors()->b.fill_(0.3);
  return model;
}

TEST(Trainer, DrawsNewNoiseEveryStepAndMicroBatch) {
  const auto model = noisy_model();
  TrainOptions options = toy::training(2);
  options.learning_rate = 1e-300;
  options.weight_decay = 0;
  options.micro_batch = 1;
  const std::vector<Example> one{{0, 0}};
  Trainer trainer = make_trainer(*model, options);
  const double first = trainer.step(one).loss;
  EXPECT_NE(trainer.step(one).loss, first);
  EXPECT_EQ(make_trainer(*model, options).step(one).loss, first) << "the same seed";
  EXPECT_NE(make_trainer(*model, options).step({{0, 0}, {0, 0}}).loss, first)
      << "two micro-batches of the same example";
}

TEST(Trainer, DropsOtherUnitsInEveryChunk) {
  const auto model = noisy_model();
  TrainOptions options = toy::training(1);
  options.learning_rate = 1e-300;
  options.weight_decay = 0;
  const auto loss = [&](std::int64_t chunk_rows, const std::vector<Example>& examples) {
    options.chunk_rows = chunk_rows;
    return make_trainer(*model, options).step(examples).loss;
  };
  const double once = loss(0, {{0, 0}});
  EXPECT_EQ(loss(1, {{0, 0}}), once) << "a step in one chunk is the whole one";
  const double twice = loss(1, {{0, 0}, {0, 0}});
  EXPECT_NE(twice, once) << "two chunks of the same example";
  EXPECT_EQ(loss(1, {{0, 0}, {0, 0}}), twice) << "the same seed";
}

// What the trainer calls, and when.
struct Calls {
  std::vector<std::string> list;
};

class WatchedAdapter : public Adapter {
 public:
  explicit WatchedAdapter(Calls& calls) : calls_(calls) {}
  std::shared_ptr<Update> make_update(const Site&, const AdapterInputs&) override {
    return nullptr;
  }
  AuxiliaryTerm take_auxiliary() override {
    calls_.list.emplace_back("auxiliary");
    return {torch::full({}, 12.0, kDouble)};
  }
  void edit_gradients(const StepInfo& step_info) override { note("edit", step_info); }
  void before_step(const StepInfo& step_info) override { note("before", step_info); }
  void after_step(const StepInfo& step_info) override { note("after", step_info); }

 private:
  void note(const char* name, const StepInfo& step_info) {
    calls_.list.push_back(fmt::format("{} {}/{}{}", name, step_info.step, step_info.steps,
                                      step_info.training ? "" : " not training"));
  }
  Calls& calls_;
};

TEST(Trainer, CallsTheHooksOnceAStep) {
  Calls calls;
  auto backbone = toy::backbone(toy::Kind::kTokens, kDouble);
  std::vector<Task> tasks;
  for (const TaskData& data : toy::dataset(toy::Kind::kTokens).tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, backbone->width(), GivenHead{}, Seed(1), kDouble);
  Model model(std::move(backbone), std::make_unique<WatchedAdapter>(calls), std::move(heads),
              {{"*query"}, {.tasks = 4, .options = kDouble}});
  TrainOptions options = toy::training(2);
  options.micro_batch = 1;
  Trainer trainer = make_trainer(model, options);
  const StepRecord record = trainer.step({{0, 0}, {0, 1}});
  EXPECT_THAT(calls.list,
              ElementsAre("auxiliary", "auxiliary", "edit 0/2", "before 0/2", "after 0/2"));
  EXPECT_EQ(record.auxiliary, 12) << "two terms of 12 over two sequences";
  calls.list.clear();
  trainer.step({{0, 0}});
  EXPECT_THAT(calls.list, ElementsAre("auxiliary", "edit 1/2", "before 1/2", "after 1/2"));
}

// The norm of all gradients that the optimizer used in one step.
double used_norm(const toy::Recipe& recipe, double clip) {
  const auto model = toy::model(recipe);
  TrainOptions options = toy::training(1);
  options.clip = clip;
  make_trainer(*model, options).step(toy::examples(recipe.kind, 2));
  double sum = 0;
  for (const Tensor& parameter : model->parameters()) {
    if (parameter.grad().defined()) sum += parameter.grad().square().sum().item<double>();
  }
  return std::sqrt(sum);
}

TEST(Trainer, ClipsTheGradientsThatAVariantHasEdited) {
  // A variant may drop gradients (dylora) or make them larger (lora_fa); both are far over 0.01.
  for (const toy::Recipe& recipe :
       {toy::Recipe{.variant = "dylora", .options = {{"update", "last"}}},
        toy::Recipe{.variant = "lora_fa", .options = {{"gradient", "corrected"}, {"alpha", 1}}}}) {
    EXPECT_GT(used_norm(recipe, 0), 0.02) << recipe.variant;
    // clip_grad_norm_ divides by the norm + 1e-6.
    EXPECT_NEAR(used_norm(recipe, 0.01), 0.01, 1e-6) << recipe.variant;
  }
}

// A t5 whose tasks have heads alone: nothing is decoded.
std::unique_ptr<Model> encoding_model(const std::vector<std::string>& sites) {
  std::vector<Task> tasks;
  for (const TaskData& data : toy::dataset(toy::Kind::kTokens).tasks) tasks.push_back(data.task);
  auto t5 = toy::backbone(toy::Kind::kEncoderDecoder, kDouble);
  auto heads = std::make_shared<Heads>(tasks, t5->width(), GivenHead{}, Seed(1), kDouble);
  const Variant& lora = variants().find("lora");
  return std::make_unique<Model>(std::move(t5), lora.make(lora.resolve({{"rank", 2}}, "options")),
                                 std::move(heads),
                                 AttachOptions{sites, {.tasks = 4, .options = kDouble}});
}

TEST(Sites, ThatNoTaskReachesAreRefused) {
  const auto everywhere = encoding_model({"*layer*"});
  const std::string expected =
      "sites: no forward reached decoder.block.0.layer.0.SelfAttention.q and 10 more, up to "
      "decoder.block.0.layer.2.DenseReluDense.wo; leave them out of 'sites', or add tasks whose "
      "answers a decoder gives";
  EXPECT_EQ(
      error_of([&] { make_trainer(*everywhere, toy::training(1)).run({}, [](std::int64_t) {}); }),
      expected);
  const Evaluator evaluator(toy::dataset(toy::Kind::kTokens), 64, kDouble);
  EXPECT_EQ(error_of([&] { evaluator.evaluate(*everywhere, SplitName::kDev, false); }), expected);
  const auto encoder = encoding_model({"encoder.*"});
  EXPECT_EQ(error_of([&] {
              make_trainer(*encoder, toy::training(1)).run({}, [](std::int64_t) {});
              evaluator.evaluate(*encoder, SplitName::kDev, false);
            }),
            "");
}

TEST(Evaluator, PacksShortExamplesFirstWithinTheBudget) {
  Split split;
  split.starts = {0, 5, 7, 10, 11, 19};  // lengths 5, 2, 3, 1, 8
  split.groups = {0, 1, 2, 3, 4, 5};
  const auto batches = evaluation_batches(split, 3, 6);
  std::vector<std::vector<std::int64_t>> indices;
  for (const auto& batch : batches) {
    indices.emplace_back();
    for (const Example& example : batch) {
      EXPECT_EQ(example.task, 3);
      indices.back().push_back(example.index);
    }
  }
  // 1 + 2 + 3 rows, 5 rows, and 8 rows that exceed the budget alone.
  EXPECT_THAT(indices, ElementsAre(ElementsAre(3, 1, 2), ElementsAre(0), ElementsAre(4)));
}

TEST(Evaluator, PredictsEveryExampleInItsPlace) {
  const Dataset& dataset = toy::dataset(toy::Kind::kTokens);
  const auto model = toy::model(kLora);
  const Evaluation evaluation =
      Evaluator(dataset, 16, kDouble).evaluate(*model, SplitName::kDev, false);
  ASSERT_EQ(evaluation.tasks.size(), 4U);
  std::int64_t rows = 0;
  for (std::int32_t t = 0; t < 4; ++t) {
    const PredictionRecord& record = evaluation.tasks[t];
    const Split& dev = dataset.tasks[t].dev;
    rows += dev.starts.back();
    EXPECT_EQ(record.task, dataset.tasks[t].task.name);
    EXPECT_EQ(record.split, "dev");
    EXPECT_EQ(record.label, dev.target);
    ASSERT_EQ(record.prediction.size(), 20U);
    const Batch batch = pack(dataset, SplitName::kDev, {{t, 13}}, kDouble);
    const Tensor alone = model->heads().predict(model->forward({.batch = batch}).pooled, batch);
    EXPECT_NEAR(record.prediction[13], alone.item<double>(), 1e-10);
    EXPECT_EQ(record.correct.size(), t == 2 ? 0U : 20U) << "regression has no right answers";
    for (std::size_t i = 0; i < record.correct.size(); ++i) {
      EXPECT_EQ(record.correct[i] == 1, record.prediction[i] == record.label[i]);
    }
  }
  EXPECT_EQ(evaluation.rows, rows);
  EXPECT_EQ(evaluation.scores().at("amount").count("pearson"), 1U);
}

TEST(Evaluator, SelectsByTheMeanOfTheFirstMetricsWithTheirSense) {
  Dataset dataset;
  dataset.tasks.resize(2);
  dataset.tasks[0].task = {.name = "a", .metrics = {"accuracy", "f1"}};
  dataset.tasks[1].task = {.name = "b", .metrics = {"relative_error"}};
  const ScoresByTask scores{{"a", {{"accuracy", 0.5}, {"f1", 0.9}}},
                            {"b", {{"relative_error", 0.2}}}};
  EXPECT_DOUBLE_EQ(selection_score(scores, dataset), (0.5 - 0.2) / 2);
}

TEST(Statistics, DescribeWhatEachSiteRecords) {
  const Dataset& dataset = toy::dataset(toy::Kind::kTokens);
  const auto site_of = [&](const char* variant) {
    const auto model = toy::model({.variant = variant, .sites = {"*.0.*.query"}});
    return run_layout(dataset, *model).sites.at(0);
  };
  EXPECT_EQ(site_of("smora").ranks, 64);
  EXPECT_TRUE(site_of("smora").coactivation);
  EXPECT_TRUE(site_of("smora").balance_bias);
  EXPECT_FALSE(site_of("smora").selection);
  EXPECT_TRUE(site_of("more").selection);
  EXPECT_FALSE(site_of("more").coactivation);
  EXPECT_EQ(site_of("more").embedding_width, 16);
  EXPECT_EQ(site_of("lora").embedding_width, 0);
  const auto model = toy::model({.variant = "linear_probe"});
  const RunLayout layout = run_layout(dataset, *model);
  EXPECT_TRUE(layout.sites.empty());
  EXPECT_EQ(
      layout.tasks[3],
      (TaskRecord{"candidate", "toy", "choose", 3, {"accuracy"}, dataset.tasks[3].dev.rows()}));
  EXPECT_GT(layout.tasks[3].dev_tokens, 0);
}

TEST(Statistics, CollectUsageFactorsAndSamples) {
  const Dataset& dataset = toy::dataset(toy::Kind::kTokens);
  const auto model = toy::model({.variant = "more", .sites = {"*.0.*.query"}});
  Evaluator(dataset, 64, kDouble).evaluate(*model, SplitName::kDev, true);
  const std::vector<SiteUsage> usage = collect_usage(*model);
  ASSERT_EQ(usage.size(), 1U);
  EXPECT_EQ(usage[0].count.size(), 4U * 8);
  EXPECT_EQ(usage[0].chosen_rank.size(), 4U);
  EXPECT_EQ(usage[0].probability.size(), 4U * 8);
  EXPECT_EQ(usage[0].task_embedding.size(), 4U * 16);
  EXPECT_EQ(usage[0].count[0], static_cast<std::uint64_t>(dataset.tasks[0].dev.starts.back()))
      << "every row of the first task uses the first rank";
  const std::vector<FactorRecord> factors = collect_factors(*model);
  ASSERT_EQ(factors.size(), 1U);
  EXPECT_EQ(factors[0].a.size(), 8U * 16);
  FinalRecord record;
  collect_samples(*model, dataset, 3, kDouble, record);
  EXPECT_THAT(record.sample_tasks, ElementsAre(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3));
  ASSERT_EQ(record.sample_embeddings.size(), 2U);
  for (const SampleEmbedding& embedding : record.sample_embeddings) {
    EXPECT_EQ(embedding.width, 16);
    EXPECT_EQ(embedding.values.size(), 12U * 16) << embedding.site;
  }
}

}  // namespace
}  // namespace rankwise

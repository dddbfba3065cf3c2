// What a run will take in, told from its sampler, is what its trainer finds.

#include "framework/train/step_sizes.h"

#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

struct TokenLog : Observer {
  void on_step(const StepRecord& record) override { tokens.push_back(record.tokens); }
  std::vector<std::int64_t> tokens;
};

void expect_sizes_of_trainer(toy::Kind kind, const TrainOptions& options, const std::string& what) {
  const toy::Recipe recipe{.variant = "linear_probe", .kind = kind};
  const auto model = toy::model(recipe);
  const Dataset& dataset = toy::dataset(kind);
  TokenLog log;
  Trainer(*model, dataset, options, Seed(3), recipe.tensors).run({&log}, [](std::int64_t) {});
  const StepSizes sizes =
      step_sizes(dataset, options, Seed(3), toy::pack_form(kind, Purpose::kTraining));
  ASSERT_EQ(sizes.drawn.size(), log.tokens.size()) << what;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < log.tokens.size(); ++i) {
    EXPECT_EQ(sizes.drawn[i].rows, log.tokens[i]) << what << ", step " << i;
    sum += log.tokens[i];
  }
  EXPECT_EQ(sizes.steps, static_cast<std::int64_t>(log.tokens.size())) << what;
  EXPECT_EQ(sizes.total().rows, sum) << what;
}

TEST(StepSizes, AreThoseOfTheTrainerUnderEverySampler) {
  for (const toy::Kind kind : {toy::Kind::kTokens, toy::Kind::kFeatures, toy::Kind::kDecoder,
                               toy::Kind::kEncoderDecoder}) {
    for (const std::string& sampler : task_weightings().names()) {
      for (const bool mixed : {false, true}) {
        TrainOptions options = toy::training(5);
        options.batch = 7;
        options.micro_batch = mixed ? 3 : 0;
        options.chunk_rows = mixed ? 0 : 6;
        options.sampler.tasks = sampler;
        options.sampler.mixed = mixed;
        expect_sizes_of_trainer(
            kind, options,
            fmt::format("{}, {}{}", to_string(kind), sampler, mixed ? ", mixed" : ""));
      }
    }
  }
}

TEST(StepSizes, AreThoseOfTheTrainerOverEpochs) {
  for (const LastBatch last : {LastBatch::kKeep, LastBatch::kDrop}) {
    for (const bool mixed : {false, true}) {
      TrainOptions options = toy::training(1);
      options.steps.reset();
      options.epochs = 2;
      options.batch = 11;
      options.last_batch = last;
      options.sampler.tasks = kPasses;
      options.sampler.mixed = mixed;
      expect_sizes_of_trainer(toy::Kind::kTokens, options, mixed ? "mixed" : "one task");
    }
  }
}

TEST(StepSizes, KnowTheLargestMicroBatch) {
  Dataset dataset;
  dataset.tasks.resize(1);
  dataset.tasks[0].train = {.starts = {0, 1, 3, 6, 10}, .groups = {0, 1, 2, 3, 4}};
  TrainOptions options;
  options.micro_batch = 2;
  const StepSize size = step_size(dataset, options, {{0, 0}, {0, 3}, {0, 1}, {0, 2}, {0, 0}}, {});
  EXPECT_EQ(size.micro_batches, 3);
  EXPECT_EQ(size.rows, 1 + 4 + 2 + 3 + 1);
  EXPECT_EQ(size.largest_rows, 5);
}

TEST(StepSizes, KnowTheChunksOfAStep) {
  Dataset dataset;
  dataset.tasks.resize(1);
  dataset.tasks[0].train = {.starts = {0, 1, 3, 6, 10}, .groups = {0, 1, 2, 3, 4}};
  TrainOptions options;
  options.chunk_rows = 5;
  const StepSize size = step_size(dataset, options, {{0, 3}, {0, 0}, {0, 2}, {0, 1}}, {});
  EXPECT_EQ(size.micro_batches, 2);
  EXPECT_EQ(size.rows, 4 + 1 + 3 + 2);
  EXPECT_EQ(size.largest_rows, 5);
}

TEST(StepSizes, KnowTheTokensWhoseLikelihoodIsAskedFor) {
  for (const toy::Kind kind :
       {toy::Kind::kTokens, toy::Kind::kDecoder, toy::Kind::kEncoderDecoder}) {
    const Dataset& dataset = toy::dataset(kind);
    const std::vector<Example> examples = toy::examples(kind, 5);
    const PackForm form = toy::pack_form(kind, Purpose::kTraining);
    const Batch batch = pack(dataset, SplitName::kTrain, examples, torch::kFloat64, form);
    EXPECT_EQ(step_size(dataset, toy::training(1), examples, form).asked,
              batch.answering().asked.size());
  }
}

TEST(StepSizes, OfVeryLongRunsAreThoseOfTheirFirstSteps) {
  const StepSizes sizes{.steps = 10, .drawn = {{1, 3, 2, 3}, {1, 5, 4, 5}}};
  EXPECT_EQ(sizes.total().rows, 40);
  EXPECT_EQ(sizes.total().asked, 30);
  EXPECT_EQ(sizes.total().micro_batches, 10);
  EXPECT_EQ(sizes.total().largest_rows, 5);
}

TEST(StepSizes, GiveTheExamplesOfAStep) {
  const Dataset& dataset = toy::dataset(toy::Kind::kTokens);
  const TrainOptions options = toy::training(6);
  const PackForm form = toy::pack_form(toy::Kind::kTokens, Purpose::kTraining);
  const StepSizes sizes = step_sizes(dataset, options, Seed(3), form);
  const auto found = step_examples(dataset, options, Seed(3), {4, 0, 4});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(step_size(dataset, options, found[0], form).rows, sizes.drawn[4].rows);
  EXPECT_EQ(step_size(dataset, options, found[1], form).rows, sizes.drawn[0].rows);
  EXPECT_EQ(step_size(dataset, options, found[2], form).rows, sizes.drawn[4].rows);
}

}  // namespace
}  // namespace rankwise

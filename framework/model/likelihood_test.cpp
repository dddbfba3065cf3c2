#include "framework/model/likelihood.h"

#include "framework/data/doubles.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using torch::Tensor;

Task by_likelihood(TaskKind kind, std::int64_t classes = 1) {
  return {
      .name = "answers", .kind = kind, .classes = classes, .answered_by = AnsweredBy::kLikelihood};
}

// Two examples of two candidates each: prompts (5 6) and (7), answers (1 2), (3), (1), (2 3).
Dataset two_choices(TaskKind kind = TaskKind::kChoose) {
  Dataset dataset;
  dataset.vocabulary = 8;
  dataset.tasks.resize(1);
  dataset.tasks[0].task = by_likelihood(kind, 2);
  dataset.tasks[0].train = {.tokens = {5, 6, 5, 6, 7, 7},
                            .segments = std::vector<std::uint8_t>(6, 0),
                            .starts = {0, 2, 4, 5, 6},
                            .groups = {0, 2, 4},
                            .target = {1, 1},
                            .answer_tokens = {1, 2, 3, 1, 2, 3},
                            .answer_starts = {0, 2, 3, 4, 6},
                            .answer_bytes = {4, 2, 2, 4}};
  return dataset;
}

Batch packed(const Dataset& dataset, const PackForm& form) {
  return pack(dataset, SplitName::kTrain, {{0, 0}, {0, 1}}, kDouble, form);
}

std::vector<double> whole(const Tensor& tensor) { return doubles(tensor.to(torch::kFloat64)); }

TEST(Answers, FollowTheirPromptsAndTheLastTokenIsNoInput) {
  const Batch batch = packed(two_choices(), {});
  EXPECT_THAT(whole(batch.tokens), ElementsAre(5, 6, 1, 5, 6, 7, 7, 2));
  EXPECT_THAT(whole(batch.lengths), ElementsAre(3, 2, 1, 2));
  EXPECT_THAT(whole(batch.last_prompt_rows()), ElementsAre(1, 4, 5, 6));
  EXPECT_THAT(whole(batch.asked.rows), ElementsAre(1, 2, 4, 5, 6, 7));
  EXPECT_THAT(whole(batch.asked.tokens), ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_THAT(batch.asked.of_sequence, ElementsAre(2, 1, 1, 2));
  EXPECT_EQ(batch.rows_in_all(), two_choices().tasks[0].train.rows());
  EXPECT_EQ(packed_size(two_choices().tasks[0], SplitName::kTrain, 0, {}).rows, 5);
}

TEST(Answers, OfARightCandidateAreAllThatTrainingSees) {
  const Batch batch = packed(two_choices(), {.purpose = Purpose::kTraining});
  EXPECT_THAT(whole(batch.tokens), ElementsAre(5, 6, 7, 2));
  EXPECT_THAT(whole(batch.asked.tokens), ElementsAre(3, 2, 3));
  EXPECT_THAT(batch.groups, ElementsAre(0, 1, 2));
  EXPECT_EQ(mean_training_rows(two_choices().tasks[0], {.purpose = Purpose::kTraining}), 4. / 2);
}

TEST(Answers, OfADecoderAreABatchOfTheirOwn) {
  const Batch batch = packed(two_choices(), {.decoder_start = 0});
  EXPECT_THAT(whole(batch.tokens), ElementsAre(5, 6, 5, 6, 7, 7));
  EXPECT_EQ(batch.asked.size(), 0);
  ASSERT_TRUE(batch.decoder);
  EXPECT_THAT(whole(batch.decoder->tokens), ElementsAre(0, 1, 0, 0, 0, 2));
  EXPECT_THAT(whole(batch.decoder->asked.tokens), ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_THAT(whole(batch.decoder->asked.rows), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(whole(batch.decoder->source_sequence), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(batch.rows_in_all(), two_choices().tasks[0].train.rows(AnswerRows::kOwn));
}

TEST(Answers, TrainingMayAskForThePromptToo) {
  Dataset dataset = two_choices(TaskKind::kGenerate);
  dataset.tasks[0].task.loss_on_prompt = true;
  dataset.tasks[0].train.groups = {0, 1, 2, 3, 4};
  dataset.tasks[0].train.target = {0, 0, 0, 0};
  const PackForm training{.purpose = Purpose::kTraining};
  const Batch batch = packed(dataset, training);
  EXPECT_THAT(whole(batch.asked.tokens), ElementsAre(6, 1, 2, 6, 3));
  EXPECT_EQ(packed_size(dataset.tasks[0], SplitName::kTrain, 0, training).asked, 3);
  EXPECT_THAT(whole(packed(dataset, {}).asked.tokens), ElementsAre(1, 2, 3)) << "in scoring";
}

// The head over the vocabulary is the identity, so that rows are logits.
struct LogitRows {
  Tensor head = torch::eye(8, kDouble);
  Batch batch = packed(two_choices(), {});
  Hidden hidden{torch::zeros({batch.rows(), 8}, kDouble)};
};

TEST(AnswerLikelihood, SumsOverTheAnswersTokens) {
  LogitRows scored;
  scored.hidden.rows[1][1] = std::log(3);  // token 1: 3 of 10
  scored.hidden.rows[2][4] = std::log(5);  // token 2: 1 of 12, and 4 is likelier
  const AnswerLikelihood found = answer_likelihood(scored.hidden, scored.batch, scored.head);
  EXPECT_THAT(
      found.log_probability,
      ElementsAre(DoubleNear(std::log(3. / 10 / 12), 1e-14), DoubleNear(-std::log(8), 1e-14),
                  DoubleNear(-std::log(8), 1e-14), DoubleNear(-2 * std::log(8), 1e-14)));
  EXPECT_THAT(found.greedy, ElementsAre(0, 1, 1, 1)) << "a tie counts";
}

TEST(LikelihoodLoss, IsTheMeanOverTheStepsTokensOfItsKind) {
  const Dataset dataset = two_choices();
  const std::vector<Task> tasks{dataset.tasks[0].task};
  const PackForm form{.purpose = Purpose::kTraining};
  LossShares shares;
  for (const std::int64_t example : {0, 1}) {
    shares.add(tasks[0], packed_size(dataset.tasks[0], SplitName::kTrain, example, form).asked);
  }
  const auto loss = [&](const std::vector<Example>& examples) {
    const Batch batch = pack(dataset, SplitName::kTrain, examples, kDouble, form);
    const Hidden hidden{torch::zeros({batch.rows(), 8}, kDouble)};
    return likelihood_loss(hidden, batch, torch::eye(8, kDouble), tasks, shares).item<double>();
  };
  EXPECT_NEAR(loss({{0, 0}, {0, 1}}), std::log(8), 1e-14);
  EXPECT_NEAR(loss({{0, 0}}), std::log(8) / 3, 1e-14) << "micro-batches add up";
  EXPECT_NEAR(loss({{0, 1}}), std::log(8) * 2 / 3, 1e-14);
}

TEST(LossShares, AKindCountsByItsShareOfTheExamples) {
  LossShares shares;
  shares.add(by_likelihood(TaskKind::kGenerate), 10);
  shares.add(by_likelihood(TaskKind::kGenerate), 30);
  shares.add(by_likelihood(TaskKind::kChoose, 4), 2);
  shares.add({.name = "head"}, 0);
  EXPECT_DOUBLE_EQ(shares.examples(), 4);
  EXPECT_DOUBLE_EQ(shares.of_token(TaskKind::kGenerate), 2. / 4 / 40);
  EXPECT_DOUBLE_EQ(shares.of_token(TaskKind::kChoose), 1. / 4 / 2);
}

}  // namespace
}  // namespace rankwise

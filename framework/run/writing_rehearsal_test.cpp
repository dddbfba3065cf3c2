// Rehearsals of generated texts on a small random decoder.

#include "framework/run/writing_rehearsal.h"

#include "framework/testing/toy.h"
#include "framework/train/generated_answers.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

constexpr std::int64_t kMost = 4;  // tokens of a text, behind the longest prompt

// The toys' task of texts, scored by them.
Dataset written_dataset() {
  Dataset dataset = toy::dataset(toy::Kind::kDecoder);
  dataset.tasks.back().task.metrics = {"match"};
  return dataset;
}

TrainOptions options_of(const GenerationOptions& generation, std::int64_t rows = 64) {
  TrainOptions options = toy::training(1);
  options.generation = generation;
  options.evaluation_rows = rows;
  return options;
}

std::unique_ptr<Model> decoder() {
  return toy::model({.variant = "lora", .kind = toy::Kind::kDecoder});
}

// Rows whose use of ranks was counted while texts were written, at one site.
std::int64_t rows_written(Model& model, std::int64_t rank) {
  const auto& site = model.adapter().attached().front();
  return site.update->generation_usage()->count().sum().item<std::int64_t>() / rank;
}

TEST(WritingParts, AreThoseOfTasksThatAreWritten) {
  EXPECT_TRUE(writing_parts(toy::dataset(toy::Kind::kDecoder), options_of({})).empty());
  const auto parts = writing_parts(written_dataset(), options_of({.max_tokens = kMost}));
  std::size_t dev = 0, test = 0;
  for (const WritingPart& part : parts) {
    EXPECT_EQ(part.task, 3);
    (part.split == SplitName::kDev ? dev : test) += part.batch.examples.size();
    for (const std::int64_t length : part.batch.lengths) EXPECT_EQ(length, 3) << "key, key, end";
  }
  EXPECT_EQ(dev, 20U);
  EXPECT_EQ(test, 20U);
}

TEST(WritingRehearsal, TellsTimeUnderEveryStrategy) {
  const auto model = decoder();
  for (const Strategy strategy : {Strategy::kGreedy, Strategy::kBeam, Strategy::kSample}) {
    const auto options =
        options_of({.strategy = strategy, .max_tokens = kMost, .beams = 2, .samples = 2});
    const Rates rates = rehearse_writing(*model, written_dataset(), options, torch::kCPU, 0.05);
    EXPECT_GT(seconds_of({3, 100, 30}, rates), 0);
  }
}

TEST(WritingRehearsal, OfNoTextsIsNothing) {
  const auto model = decoder();
  EXPECT_EQ(
      rehearse_writing(*model, toy::dataset(toy::Kind::kDecoder), options_of({}), torch::kCPU, 1),
      Rates{});
}

// The largest batch, however short the time: its memory is what a run will need. Its texts have
// the three tokens that are wanted, whatever the model would write.
TEST(WritingRehearsal, WritesTheLargestBatchWhole) {
  const auto model = decoder();
  const auto options = options_of({.max_tokens = kMost}, 1000);
  const Dataset dataset = written_dataset();
  const auto parts = writing_parts(dataset, options);
  ASSERT_EQ(parts.size(), 2U) << "dev and test";
  rehearse_writing(*model, dataset, options, torch::kCPU, 0);
  const std::int64_t dev = writing_size(parts[0].batch, options.generation).rows;
  const std::int64_t test = writing_size(parts[1].batch, options.generation).rows;
  const std::int64_t rank = model->adapter().attached().front().update->ranks();
  EXPECT_GE(rows_written(*model, rank), std::min(dev, test));
  EXPECT_LE(rows_written(*model, rank), std::max(dev, test) + 12) << "and one text alone";
}

}  // namespace
}  // namespace rankwise

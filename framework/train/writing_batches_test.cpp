// Batches that an evaluation writes for, and what they take.

#include "framework/train/writing_batches.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;

// Prompts of 2, 5 and 3 tokens, whose wanted texts have 4, 1 and 9.
Split three_prompts() {
  Split split;
  split.starts = {0, 2, 7, 10};
  split.groups = {0, 1, 2, 3};
  split.answer_starts = {0, 4, 5, 14};
  return split;
}

constexpr std::int64_t kMost = 6;  // tokens of a text

TEST(WritingBatches, HoldAsManyAsFillTheirRowsShortOnesFirst) {
  const auto batches = writing_batches(three_prompts(), {.max_tokens = kMost}, 20);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_THAT(batches[0].examples, ElementsAre(0, 2)) << "2 + 6 and 3 + 6 rows";
  EXPECT_THAT(batches[0].prompt_rows, ElementsAre(2, 3));
  EXPECT_THAT(batches[0].lengths, ElementsAre(4, kMost)) << "nine are more than may be written";
  EXPECT_THAT(batches[1].examples, ElementsAre(1));
  EXPECT_THAT(batches[1].lengths, ElementsAre(1));
}

TEST(WritingBatches, HoldOneWhereOneIsMoreThanTheRows) {
  EXPECT_EQ(writing_batches(three_prompts(), {.max_tokens = kMost}, 1).size(), 3U);
  EXPECT_TRUE(writing_batches({}, {}, 1).empty());
}

TEST(WritingSize, CountsEveryTokenAndNoLastOneAsARow) {
  GenerationOptions options{.max_tokens = kMost};
  const WritingBatch batch = writing_batches(three_prompts(), options, 20).front();
  const WritingSize greedy = writing_size(batch, options);
  EXPECT_EQ(greedy.forwards, kMost);
  EXPECT_EQ(greedy.prompt_rows, 2 + 3);
  EXPECT_EQ(greedy.tokens, 4 + kMost);
  EXPECT_EQ(greedy.rows, 2 + 3 + 3 + 5);
  options.beams = 3;
  options.samples = 2;
  options.strategy = Strategy::kBeam;
  EXPECT_EQ(writing_size(batch, options).tokens, 3 * 10);
  options.strategy = Strategy::kSample;
  EXPECT_EQ(writing_size(batch, options).tokens, 2 * 10);
  EXPECT_EQ(writing_size(batch, options).rows, 2 + 3 + 2 * (3 + 5));
}

}  // namespace
}  // namespace rankwise

// How a step is cut, and what may not be cut.

#include "framework/train/micro_batches.h"

#include "framework/testing/toy.h"

#include <gmock/gmock.h>

#include <utility>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Rows = std::vector<std::int64_t>;

std::vector<std::pair<std::size_t, std::size_t>> bounds(const Rows& rows, std::int64_t most) {
  TrainOptions options;
  options.chunk_rows = most;
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const MicroBatch& part : micro_batches(rows, options)) {
    EXPECT_EQ(part.number, 0) << "one micro-batch of the options'";
    EXPECT_EQ(part.chunk, static_cast<std::int64_t>(found.size()));
    found.emplace_back(part.begin, part.end);
  }
  return found;
}

TEST(MicroBatches, OfRowsAreAboutEqual) {
  EXPECT_THAT(bounds({5, 5, 5, 5}, 20), ElementsAre(Pair(0, 4)));
  EXPECT_THAT(bounds({5, 5, 5, 5}, 0), ElementsAre(Pair(0, 4)));
  EXPECT_THAT(bounds({5, 5, 5, 5}, 15), ElementsAre(Pair(0, 2), Pair(2, 4))) << "not 3 and 1";
  EXPECT_THAT(bounds({5, 5, 5, 5, 5}, 5),
              ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 3), Pair(3, 4), Pair(4, 5)));
  EXPECT_THAT(bounds({1, 1, 1, 9}, 6), ElementsAre(Pair(0, 3), Pair(3, 4)));
}

TEST(MicroBatches, NeverCutAnExample) {
  EXPECT_THAT(bounds({100}, 7), ElementsAre(Pair(0, 1)));
  EXPECT_THAT(bounds({1, 100, 1}, 10), ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 3)));
}

TEST(MicroBatches, CoverEveryStep) {
  Rows rows;
  for (std::int64_t i = 0; i < 40; ++i) rows.push_back(1 + i * i % 17);
  for (std::int64_t most = 1; most < 400; most += 3) {
    std::size_t next = 0;
    for (const auto& [begin, end] : bounds(rows, most)) {
      EXPECT_EQ(begin, next);
      EXPECT_LT(begin, end);
      std::int64_t sum = 0;
      for (std::size_t i = begin; i < end; ++i) sum += rows[i];
      EXPECT_LE(sum, most + 17) << "at " << most;
      next = end;
    }
    EXPECT_EQ(next, rows.size());
  }
}

TEST(MicroBatches, OfTheOptionsHaveNoiseOfTheirOwn) {
  TrainOptions options;
  options.micro_batch = 2;
  const auto parts = micro_batches({1, 1, 1}, options);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[1].number, 1);
  EXPECT_EQ(parts[1].chunk, 0);
  EXPECT_EQ(parts[1].end, 3U);
}

std::int64_t chunk_rows(const TrainOptions& options, const toy::Recipe& recipe,
                        const std::string& device = "cpu") {
  return with_chunk_rows(options, toy::model(recipe)->adapter(), torch::Device(device))
      .chunk_rows.value_or(-1);
}

TEST(MicroBatches, AreCutWhereRowsAreIndependent) {
  TrainOptions options;
  EXPECT_EQ(chunk_rows(options, {.variant = "lora"}), kChunkRows);
  EXPECT_EQ(chunk_rows(options, {.variant = "lora"}, "cuda"), 0);
  EXPECT_EQ(chunk_rows(options, {.variant = "mixlora"}), 0) << "the Switch loss";
  options.chunk_rows = 77;
  EXPECT_EQ(chunk_rows(options, {.variant = "lora"}, "cuda"), 77);
  EXPECT_EQ(chunk_rows(options, {.variant = "mixlora"}), 0);
  options.micro_batch = 3;
  EXPECT_EQ(chunk_rows(options, {.variant = "lora"}), 0) << "the options cut it themselves";
}

}  // namespace
}  // namespace rankwise

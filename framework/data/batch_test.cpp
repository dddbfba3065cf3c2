#include "framework/data/batch.h"

#include "framework/core/error.h"
#include "framework/data/doubles.h"
#include "framework/data/subset.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

namespace rankwise {
namespace {

using fixtures::integers;
using ::testing::ElementsAre;

constexpr auto kTrain = SplitName::kTrain;
// Task 0: classify, sequences [10 11], [12]; task 1: a choice of [20], [21 22] and one of [23 24].
Dataset two_tasks() {
  Dataset dataset;
  dataset.vocabulary = 30;
  dataset.tasks.resize(2);
  dataset.tasks[0].task = {.name = "a", .kind = TaskKind::kClassify};
  dataset.tasks[0].train = {.tokens = {10, 11, 12},
                            .segments = {0, 1, 0},
                            .starts = {0, 2, 3},
                            .groups = {0, 1, 2},
                            .target = {1, 0}};
  dataset.tasks[1].task = {.name = "b", .kind = TaskKind::kChoose};
  dataset.tasks[1].train = {.tokens = {20, 21, 22, 23, 24},
                            .segments = {0, 0, 0, 1, 1},
                            .starts = {0, 1, 3, 5},
                            .groups = {0, 2, 3},
                            .target = {1, 0}};
  return dataset;
}

TEST(Batch, PacksSequencesOfSeveralTasksEndToEnd) {
  const Batch batch = pack(two_tasks(), kTrain, {{1, 0}, {0, 1}, {0, 0}}, kDouble);
  EXPECT_THAT(integers(batch.tokens), ElementsAre(20, 21, 22, 12, 10, 11));
  EXPECT_THAT(integers(batch.segments), ElementsAre(0, 0, 0, 0, 0, 1));
  EXPECT_THAT(integers(batch.positions), ElementsAre(0, 0, 1, 0, 0, 1));
  EXPECT_THAT(integers(batch.first_rows), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(integers(batch.lengths), ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(integers(batch.sequence_task), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(integers(batch.row_task), ElementsAre(1, 1, 1, 0, 0, 0));
  EXPECT_THAT(integers(batch.task_rows), ElementsAre(3, 3));
  EXPECT_THAT(integers(batch.target_index), ElementsAre(1, 0, 1));
  EXPECT_THAT(batch.groups, ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(batch.group_task, ElementsAre(1, 0, 0));
  EXPECT_EQ(batch.tasks, 2);
  EXPECT_EQ(batch.rows(), 6);
  EXPECT_EQ(batch.sequences(), 4);
  EXPECT_EQ(batch.examples(), 3);
}

TEST(Batch, HoldsFeaturesAndRealTargets) {
  Dataset dataset;
  dataset.feature_width = 2;
  dataset.target_width = 2;
  dataset.tasks.resize(1);
  dataset.tasks[0].task = {.name = "a", .kind = TaskKind::kRegress};
  dataset.tasks[0].train = {.features = {1, 2, 3, 4, 5, 6},
                            .starts = {0, 1, 3},
                            .groups = {0, 1, 2},
                            .target = {0.5, 1.5, 2.5, 3.5}};
  const Batch batch = pack(dataset, kTrain, {{0, 1}}, kDouble);
  EXPECT_TRUE(torch::equal(batch.features, torch::tensor({{3.0, 4.0}, {5.0, 6.0}}, kDouble)));
  EXPECT_TRUE(torch::equal(batch.target, torch::tensor({{2.5, 3.5}}, kDouble)));
  EXPECT_THAT(integers(batch.target_index), ElementsAre(0));
  EXPECT_FALSE(batch.tokens.defined());
}

TEST(Batch, RefusesToBeEmpty) { EXPECT_THROW(pack(two_tasks(), kTrain, {}, kDouble), Error); }

TEST(LengthBuckets, GroupSequencesOfLikeLength) {
  // Lengths 8, 2, 9, 2, 10: 9 is within an eighth of 8, 10 is not.
  const auto buckets = length_buckets({0, 8, 10, 19, 21, 31}, torch::kCPU);
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[0].sequences, 2);
  EXPECT_EQ(buckets[0].length, 2);
  EXPECT_THAT(integers(buckets[0].rows), ElementsAre(8, 9, 19, 20));
  EXPECT_FALSE(buckets[0].filled.defined());
  EXPECT_EQ(buckets[1].sequences, 2);
  EXPECT_EQ(buckets[1].length, 9);
  EXPECT_EQ(buckets[2].sequences, 1);
  EXPECT_EQ(buckets[2].length, 10);
}

TEST(LengthBuckets, PadOnlyWhereAShorterSequenceEnds) {
  const auto buckets = length_buckets({0, 8, 17}, torch::kCPU);  // lengths 8 and 9
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_THAT(integers(buckets[0].rows),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14, 15, 16));
  EXPECT_THAT(integers(buckets[0].filled),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17));
  EXPECT_THAT(integers(buckets[0].packed),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
  EXPECT_EQ(buckets[0].padded.sum().item<std::int64_t>(), 1);
  EXPECT_TRUE(buckets[0].padded[0][0][0][8].item<bool>());
}

// Row numbers that the buckets' existing cells hold, and whether each bucket keeps its promises.
std::vector<std::int64_t> rows_of(const std::vector<LengthBucket>& buckets) {
  std::vector<std::int64_t> rows;
  for (const LengthBucket& bucket : buckets) {
    const auto cells = integers(bucket.rows);
    RC_ASSERT(static_cast<std::int64_t>(cells.size()) == bucket.sequences * bucket.length);
    if (!bucket.filled.defined()) {
      rows.insert(rows.end(), cells.begin(), cells.end());
      continue;
    }
    const auto packed = integers(bucket.packed);
    const auto filled = integers(bucket.filled);
    RC_ASSERT(packed.size() == filled.size());
    for (std::size_t i = 0; i < filled.size(); ++i) RC_ASSERT(cells[filled[i]] == packed[i]);
    // At most a ninth of a bucket is padding.
    RC_ASSERT(9 * filled.size() >= 8 * cells.size());
    rows.insert(rows.end(), packed.begin(), packed.end());
  }
  return rows;
}

TEST(LengthBuckets, HoldEveryRowOnceWhateverTheLengths) {
  EXPECT_TRUE(rc::check([] {
    const auto lengths = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 40)));
    std::vector<std::int64_t> starts{0};
    for (const std::int64_t length : lengths) starts.push_back(starts.back() + length);
    std::vector<std::int64_t> rows = rows_of(length_buckets(starts, torch::kCPU));
    std::sort(rows.begin(), rows.end());
    std::vector<std::int64_t> all(static_cast<std::size_t>(starts.back()));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    RC_ASSERT(rows == all);
  }));
}

TEST(AttentionBuckets, PairEachSequenceWithTheOneItLooksAt) {
  // Queries of 2, 2, 2 and 9 rows look at keys of 3, 30, 3 and 30; the third shares the first's.
  const SequencePairs pairs{{0, 2, 4, 6, 15}, {0, 3, 33}, {0, 1, 0, 1}};
  const auto buckets = attention_buckets(pairs, torch::kCPU);
  ASSERT_EQ(buckets.size(), 4U);
  EXPECT_THAT(integers(buckets[0].queries.rows), ElementsAre(0, 1));
  EXPECT_THAT(integers(buckets[0].keys.rows), ElementsAre(0, 1, 2));
  EXPECT_THAT(integers(buckets[1].queries.rows), ElementsAre(4, 5)) << "the same keys again";
  EXPECT_THAT(integers(buckets[1].keys.rows), ElementsAre(0, 1, 2));
  EXPECT_THAT(integers(buckets[2].queries.rows), ElementsAre(2, 3));
  EXPECT_EQ(buckets[2].keys.length, 30);
  EXPECT_EQ(buckets[3].queries.length, 9);
}

TEST(AttentionBuckets, PadBothSidesOfAPair) {
  const SequencePairs pairs{{0, 8, 17}, {0, 9, 17}, {0, 1}};  // 8 look at 9, 9 look at 8
  const auto buckets = attention_buckets(pairs, torch::kCPU);
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(buckets[0].queries.sequences, 2);
  EXPECT_TRUE(buckets[0].queries.padded[0][0][0][8].item<bool>());
  EXPECT_TRUE(buckets[0].keys.padded[1][0][0][8].item<bool>());
  EXPECT_EQ(buckets[0].keys.packed.numel(), 17);
}

TEST(Subset, KeepsWholeExamplesInOrder) {
  const Dataset dataset = two_tasks();
  const Split& split = dataset.tasks[1].train;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Split one = subset(split, 1, 0, 1, Seed(seed));
    ASSERT_EQ(one.examples(), 1);
    if (one.target[0] == 1) {
      EXPECT_THAT(one.tokens, ElementsAre(20, 21, 22));
      EXPECT_THAT(one.starts, ElementsAre(0, 1, 3));
      EXPECT_THAT(one.groups, ElementsAre(0, 2));
    } else {
      EXPECT_THAT(one.tokens, ElementsAre(23, 24));
      EXPECT_THAT(one.segments, ElementsAre(1, 1));
      EXPECT_THAT(one.groups, ElementsAre(0, 1));
    }
  }
}

TEST(Subset, OfNoneOrTooManyIsAll) {
  const Dataset dataset = two_tasks();
  const Split& split = dataset.tasks[0].train;
  EXPECT_EQ(subset(split, 0, 0, 1, Seed(1)).tokens, split.tokens);
  EXPECT_EQ(subset(split, 2, 0, 1, Seed(1)).tokens, split.tokens);
  EXPECT_EQ(subset(split, 99, 0, 1, Seed(1)).tokens, split.tokens);
}

TEST(Subset, DependsOnTheSeedAlone) {
  Split split;
  split.starts = {0};
  split.groups = {0};
  for (int i = 0; i < 100; ++i) {
    split.tokens.push_back(i);
    split.segments.push_back(0);
    split.starts.push_back(i + 1);
    split.groups.push_back(i + 1);
    split.target.push_back(0);
    split.reference.push_back(i);
  }
  const Split first = subset(split, 10, 0, 1, Seed(1));
  EXPECT_EQ(first.tokens, subset(split, 10, 0, 1, Seed(1)).tokens);
  EXPECT_NE(first.tokens, subset(split, 10, 0, 1, Seed(2)).tokens);
  EXPECT_TRUE(std::is_sorted(first.tokens.begin(), first.tokens.end()));
  EXPECT_EQ(std::vector<double>(first.tokens.begin(), first.tokens.end()), first.reference);
}

TEST(Dataset, StandardisesRegressionTargetsOfTheTrainingSplit) {
  TaskData data;
  data.task.kind = TaskKind::kRegress;
  data.train.target = {1, 3};
  data.dev.target = {100};
  standardise_targets(data);
  EXPECT_EQ(data.task.target_mean, 2);
  EXPECT_EQ(data.task.target_std, 1);
  data.train.target = {5, 5, 5};
  standardise_targets(data);
  EXPECT_EQ(data.task.target_mean, 5);
  EXPECT_EQ(data.task.target_std, 1) << "a constant target";
}

TEST(TaskKind, IsReadByName) {
  EXPECT_EQ(task_kind("choose"), TaskKind::kChoose);
  EXPECT_THROW(task_kind("chose"), Error);
}

}  // namespace
}  // namespace rankwise

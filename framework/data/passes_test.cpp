#include "framework/data/passes.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Places = std::vector<std::pair<std::int32_t, std::int64_t>>;

Places places_of(const std::vector<Example>& batch) {
  Places places;
  for (const Example& example : batch) places.emplace_back(example.task, example.index);
  return places;
}

Places all_places(const std::vector<std::vector<Example>>& pass) {
  Places places;
  for (const auto& batch : pass) {
    for (const auto& place : places_of(batch)) places.push_back(place);
  }
  return places;
}

TEST(Passes, HoldEveryExampleOnce) {
  const std::vector<std::int64_t> sizes{10, 3, 4};
  for (const bool mixed : {false, true}) {
    const PassForm form{.batch = 4, .mixed = mixed};
    const auto pass = make_pass(form, sizes, Seed(1));
    const Places places = all_places(pass);
    const std::set<std::pair<std::int32_t, std::int64_t>> distinct(places.begin(), places.end());
    EXPECT_EQ(places.size(), 17U);
    EXPECT_EQ(distinct.size(), 17U);
    const PassCounts expected{mixed ? 5 : 3 + 1 + 1, 17};
    EXPECT_EQ(count_pass(form, sizes), expected) << mixed;
    EXPECT_EQ(static_cast<std::int64_t>(pass.size()), expected.batches) << mixed;
  }
}

TEST(Passes, DropWhatFillsNoBatch) {
  const std::vector<std::int64_t> sizes{10, 3, 4};
  for (const bool mixed : {false, true}) {
    const PassForm form{.batch = 4, .mixed = mixed, .last = LastBatch::kDrop};
    const auto pass = make_pass(form, sizes, Seed(1));
    for (const auto& batch : pass) EXPECT_EQ(batch.size(), 4U);
    // 2 + 0 + 1 batches of one task; 17 examples make 4 mixed ones.
    const PassCounts expected = mixed ? PassCounts{4, 16} : PassCounts{3, 12};
    EXPECT_EQ(count_pass(form, sizes), expected) << mixed;
    EXPECT_EQ(static_cast<std::int64_t>(pass.size()), expected.batches) << mixed;
  }
}

TEST(Passes, UnshuffledFollowTheData) {
  const PassForm form{.batch = 2, .shuffle = false};
  const auto pass = make_pass(form, {3, 2}, Seed(1));
  ASSERT_EQ(pass.size(), 3U);
  EXPECT_THAT(places_of(pass[0]), ElementsAre(Pair(0, 0), Pair(0, 1)));
  EXPECT_THAT(places_of(pass[1]), ElementsAre(Pair(0, 2)));
  EXPECT_THAT(places_of(pass[2]), ElementsAre(Pair(1, 0), Pair(1, 1)));
  const auto mixed = make_pass({.batch = 2, .mixed = true, .shuffle = false}, {3, 2}, Seed(1));
  ASSERT_EQ(mixed.size(), 3U);
  EXPECT_THAT(places_of(mixed[1]), ElementsAre(Pair(0, 2), Pair(1, 0)));
}

TEST(Passes, ShuffledMixTheTasksBatches) {
  const auto pass = make_pass({.batch = 1}, {20, 20}, Seed(1));
  std::int64_t changes = 0;
  for (std::size_t i = 1; i < pass.size(); ++i) {
    EXPECT_EQ(pass[i].size(), 1U);
    changes += pass[i].front().task != pass[i - 1].front().task ? 1 : 0;
  }
  EXPECT_GT(changes, 8) << "in the data's order there is one change; at random 20 are expected";
}

TEST(Passes, FollowTheSeed) {
  const PassForm form{.batch = 4};
  const auto places = [&](std::uint64_t seed) {
    return all_places(make_pass(form, {30, 9}, Seed(seed)));
  };
  EXPECT_EQ(places(1), places(1));
  EXPECT_NE(places(1), places(2));
}

}  // namespace
}  // namespace rankwise

#include "analysis/runs/config_difference.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

TEST(Leaves, AreNamedByDottedPathsAndListsAreOne) {
  const auto found = leaves(
      {{"train", {{"steps", 4}}}, {"sites", {"a", "b"}}, {"none", nullptr}, {"e", json::object()}});
  EXPECT_EQ(found.size(), 3U);
  EXPECT_EQ(found.at("train.steps"), 4);
  EXPECT_EQ(found.at("sites"), json({"a", "b"}));
  EXPECT_TRUE(found.at("none").is_null());
}

TEST(OptionName, IsTheLastPartOrThatOfASitesOption) {
  EXPECT_EQ(option_name("seed"), "seed");
  EXPECT_EQ(option_name("options.rank"), "rank");
  EXPECT_EQ(option_name("options.site_options.*.query.rank"), "*.query.rank");
}

TEST(Differences, AreThoseLeavesThatAreNotAlike) {
  const json a = {{"options", {{"rank", 8}, {"alpha", 16}}}, {"variant", "lora"}};
  const json b = {{"options", {{"rank", 4}, {"active", 2}}}, {"variant", "lora"}};
  const auto found = differences(a, b);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(to_text(found[0]), "options.active: 2");
  EXPECT_EQ(to_text(found[1]), "options.alpha: 16 → –");
  EXPECT_EQ(to_text(found[2]), "options.rank: 8 → 4");
  EXPECT_TRUE(differences(a, a).empty());
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/runs/chosen_labels.h"

#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Labels = std::vector<std::string>;

TEST(ChosenLabels, StandInTheOrderAskedForAndAllWhereNoneIs) {
  const RunSet runs{.groups = {{"a", {}}, {"b", {}}, {"c", {}}}};
  EXPECT_EQ(choose_labels(runs, {"c", "a"}).labels(), (Labels{"c", "a"}));
  EXPECT_EQ(choose_labels(runs, {}).labels(), (Labels{"a", "b", "c"}));
}

TEST(ChosenLabels, ASpreadNeedsTwoRunsOfOneLabel) {
  EXPECT_FALSE(several_seeds({.groups = {{"a", {analysis::Run{}}}, {"b", {analysis::Run{}}}}}));
  EXPECT_TRUE(several_seeds(
      {.groups = {{"a", {analysis::Run{}}}, {"b", {analysis::Run{}, analysis::Run{}}}}}));
}

TEST(ChosenLabels, UnknownOnesListTheKnown) {
  const RunSet runs{.groups = {{"a", {}}, {"b, c", {}}}};
  EXPECT_EQ(error_of([&] { choose_labels(runs, {"d"}); }),
            "unknown label 'd'; the labels are a; b, c");
}

TEST(ChosenLabels, AFlagNamesThemWithCommasBetween) {
  const Labels known{"lora", "more", "more, no contrast"};
  EXPECT_EQ(split_labels("lora,more", known), (Labels{"lora", "more"}));
  EXPECT_EQ(split_labels("lora, more", known), (Labels{"lora", "more"}));
  EXPECT_EQ(split_labels("more, no contrast", known), (Labels{"more, no contrast"}));
  EXPECT_EQ(split_labels("\"more, no contrast\",lora", known),
            (Labels{"more, no contrast", "lora"}));
  EXPECT_THROW(split_labels("\"more", known), Error);
}

}  // namespace
}  // namespace rankwise::analysis

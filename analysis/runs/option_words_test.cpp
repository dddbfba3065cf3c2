#include "analysis/runs/option_words.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(OptionWords, HaveTheSymbolOfThePapers) {
  EXPECT_EQ(option_in_words("options.active"), "active ranks k");
  EXPECT_EQ(option_in_words("options.density"), "share of non-zeros ρ");
}

TEST(OptionWords, OfAnOtherOptionAreItsNameWithSpaces) {
  EXPECT_EQ(option_in_words("options.balance_rate"), "balance rate");
  EXPECT_EQ(metric_in_words("relative_error"), "relative error");
}

}  // namespace
}  // namespace rankwise::analysis

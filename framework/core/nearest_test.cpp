#include "framework/core/nearest.h"

#include "framework/core/error.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

const std::vector<std::string> kNames{"lora", "lora_fa", "more", "smora", "more.table5"};

TEST(Nearest, ForgivesCapitalsAndSeparators) {
  EXPECT_EQ(same_name("LoRA-FA", kNames), "lora_fa");
  EXPECT_EQ(same_name("lora", kNames), "lora");
  EXPECT_FALSE(same_name("loraf", kNames));
}

TEST(Nearest, ForgivesNothingThatIsAmbiguous) {
  EXPECT_FALSE(same_name("A_B", {"a-b", "a b"}));
  EXPECT_EQ(same_name("a b", {"a-b", "a b"}), "a b");
}

TEST(Nearest, SuggestsTheNameOfFewestEdits) {
  EXPECT_EQ(did_you_mean("smorra", kNames), " (did you mean 'smora'?)");
  EXPECT_EQ(did_you_mean("more.tabel5", kNames), " (did you mean 'more.table5'?)");
  EXPECT_EQ(did_you_mean("mroe", kNames), " (did you mean 'more'?)");
}

TEST(Nearest, SuggestsTheOnlyNameThatHoldsTheText) {
  EXPECT_EQ(did_you_mean("table5", kNames), " (did you mean 'more.table5'?)");
  EXPECT_EQ(did_you_mean("table", {"a.table1", "b.table2"}), "");
}

TEST(Nearest, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("adalora_quantised", kNames), "");
  EXPECT_EQ(did_you_mean("xy", {"ab", "xz"}), "");
}

TEST(Nearest, AnUnknownNameListsTheKnownOnes) {
  try {
    fail_unknown("variant", "variants", "smorra", {"lora", "smora"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "unknown variant 'smorra' (did you mean 'smora'?); the variants are lora, smora");
  }
}

}  // namespace
}  // namespace rankwise

#include "framework/adapter/peft_form.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(PeftForm, MatchesPatternsFromADotOn) {
  const json patterns{{"layers.1.q_proj", 2}, {"v_.*", 3}};
  EXPECT_EQ(pattern_value(patterns, "model.layers.1.q_proj"), 2);
  EXPECT_EQ(pattern_value(patterns, "layers.1.q_proj"), 2);
  EXPECT_EQ(pattern_value(patterns, "model.layers.11.q_proj"), nullptr);
  EXPECT_EQ(pattern_value(patterns, "model.layers.0.v_proj"), 3);
  EXPECT_EQ(pattern_value(nullptr, "v_proj"), nullptr);
  EXPECT_THAT(error_of([] { pattern_value({{"(", 1}}, "q"); }), HasSubstr("'(.*\\.)?(()'"));
}

TEST(PeftForm, NamesModulesByTheirEndsOrOneExpression) {
  EXPECT_TRUE(names_module({"q_proj"}, "model.layers.0.q_proj"));
  EXPECT_FALSE(names_module({"proj"}, "model.layers.0.q_proj"));
  EXPECT_TRUE(names_module(R"(.*\.q_proj)", "model.layers.0.q_proj"));
  EXPECT_FALSE(names_module("q_proj", "model.layers.0.q_proj"));
  EXPECT_FALSE(names_module(nullptr, "q_proj"));
}

TEST(PeftForm, WritesWholeNumbersAsSuch) {
  EXPECT_EQ(plain_number(16).dump(), "16");
  EXPECT_EQ(plain_number(0.5).dump(), "0.5");
  EXPECT_EQ(to_peft({.rank = 4, .alpha = 8}).dump(),
            R"({"lora_alpha":8,"lora_dropout":0.0,"r":4})");
}

}  // namespace
}  // namespace rankwise

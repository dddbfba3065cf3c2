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
}

TEST(PeftForm, SaysRanksAndAlphasOfSitesInPatterns) {
  const std::vector<PeftSite> sites{{"q", "model.q"}, {"v", "model.v"}};
  const auto at = [](const std::string& site) {
    return site == "q" ? PeftRank{.rank = 2, .alpha = 3} : PeftRank{.rank = 4, .alpha = 8};
  };
  const json config = to_peft({.rank = 4, .alpha = 8}, sites, at);
  EXPECT_EQ(config.dump(),
            R"({"alpha_pattern":{"model.q":3},"lora_alpha":8,"lora_dropout":0.0,"r":4,)"
            R"("rank_pattern":{"model.q":2}})");
  EXPECT_EQ(peft_site_options(config, sites), json({{"q", {{"rank", 2}, {"alpha", 3}}}}));
  EXPECT_EQ(peft_site_options(json::object(), sites), json::object());
}

}  // namespace
}  // namespace rankwise

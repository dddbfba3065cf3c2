#include "framework/study/identity.h"

#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::vector<OptionInfo> kOptions = {
    {.name = "rank", .type = "an integer", .default_value = "8", .expectation = "", .help = ""},
    {.name = "structure",
     .type = "a string",
     .default_value = R"("shared")",
     .expectation = "",
     .help = "",
     .aliases = {"plant"}},
    {.name = "sampler.tasks",
     .type = "a string",
     .default_value = R"("equal")",
     .expectation = "",
     .help = ""},
    {.name = "rows", .type = "an integer", .default_value = "2048", .expectation = "", .help = ""}};

json of(const json& values, std::int64_t revision = 1) {
  return differing(
      {.values = values, .options = kOptions, .without = {"rows"}, .revision = revision});
}

TEST(Identity, HoldsWhatDiffersFromTheDefaults) {
  EXPECT_EQ(of({{"rank", 8}, {"sampler", {{"tasks", "equal"}}}}), json::object());
  EXPECT_EQ(of({{"rank", 16}, {"sampler", {{"tasks", "proportional"}}}}),
            json({{"rank", 16}, {"sampler.tasks", "proportional"}}));
}

TEST(Identity, TakesAnAbsentOptionForItsDefault) { EXPECT_EQ(of(json::object()), json::object()); }

TEST(Identity, IsTheSameUnderAnOldName) {
  EXPECT_EQ(of({{"plant", "disjoint"}}), of({{"structure", "disjoint"}}));
  EXPECT_EQ(of({{"plant", "shared"}}), json::object());
}

TEST(Identity, KeepsValuesUnderTheirFirstNames) {
  EXPECT_EQ(under_first_names({{"structure", "shared"}, {"rank", 4}}, kOptions),
            json({{"plant", "shared"}, {"rank", 4}}));
}

TEST(Identity, LeavesOutWhatChangesNoResult) { EXPECT_EQ(of({{"rows", 1}}), json::object()); }

TEST(Identity, ARaisedRevisionIsAnotherIdentity) {
  EXPECT_EQ(of(json::object(), 2), json({{"revision", 2}}));
}

TEST(Identity, RefusesAnOptionThatNobodyKnows) {
  EXPECT_THAT(error_of([] { of({{"rnak", 8}}); }), HasSubstr("rnak"));
}

TEST(Identity, ProtocolIsWhatRowsOfATableShare) {
  const json identity = {
      {"variant", "lora"},
      {"options", {{"rank", 16}}},
      {"seed", 1},
      {"tasks", "content"},
      {"train", {{"steps", 60}, {"learning_rate", 0.1}, {"sampler.tasks", "x"}}}};
  EXPECT_EQ(protocol_of(identity), json({{"tasks", "content"}, {"train", {{"steps", 60}}}}));
}

}  // namespace
}  // namespace rankwise

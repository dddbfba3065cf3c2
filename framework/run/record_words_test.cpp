// Options of `record` that are spelled in words.

#include "framework/train/record_words.h"

#include "framework/io/test_files.h"
#include "framework/run/identify.h"
#include "framework/run/run_config.h"
#include "framework/train/options.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json after(const json& record) {
  return options_to_json(parse_options<RecordOptions>(record, "record"));
}

TEST(KeptParameters, AreWordsAndOnceWereFlags) {
  for (const char* word : {"none", "last", "best", "both"}) {
    EXPECT_EQ(after({{"parameters", word}}).at("parameters"), word);
  }
  EXPECT_EQ(after({{"parameters", true}}).at("parameters"), "last");
  EXPECT_EQ(after({{"parameters", false}}).at("parameters"), "none");
  EXPECT_EQ(error_of([] {
              after({{"parameters", "first"}});
            }),
            "record.parameters: \"first\" is not none, last, best or both (or true or false)");
}

TEST(CheckpointInterval, IsAStepCountOrATime) {
  for (const json& value : {json(500), json("30 s"), json("10 min"), json("2 h")}) {
    EXPECT_EQ(after({{"checkpoint_every", value}}).at("checkpoint_every"), value);
  }
  EXPECT_EQ(after({{"checkpoint_every", "120s"}}).at("checkpoint_every"), "2 min");
  EXPECT_EQ(after(json::object()).at("checkpoint_every"), "10 min");
  for (const json& value : {json(0), json(-3), json(1.5), json("10"), json("ten min"), json("-1 s"),
                            json("1 day"), json("99999999999999999999 s"), json("9999999 h")}) {
    EXPECT_THAT(error_of([&] {
                  after({{"checkpoint_every", value}});
                }),
                HasSubstr("is not a positive number of steps or a time such as"))
        << value;
  }
}

std::string config_hash(const json& record) {
  const json run{{"variant", "lora"},
                 {"backbone", {{"name", "tiny"}}},
                 {"data", {{"suite", "planted"}}},
                 {"record", record}};
  return identify(resolve_run(run, "run"), Contents{}).config_hash;
}

TEST(CheckpointInterval, IsNoPartOfARunsIdentity) {
  EXPECT_EQ(config_hash({{"checkpoint_every", 7}}), config_hash(json::object()));
}

TEST(KeptParameters, KeepTheIdentityTheyHadAsFlags) {
  EXPECT_EQ(config_hash({{"parameters", "last"}}), config_hash({{"parameters", true}}));
  EXPECT_EQ(config_hash({{"parameters", "none"}}), config_hash({{"parameters", false}}));
  EXPECT_NE(config_hash({{"parameters", "best"}}), config_hash({{"parameters", true}}));
}

}  // namespace
}  // namespace rankwise

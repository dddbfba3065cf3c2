#include "framework/run/identify.h"

#include "framework/io/test_files.h"
#include "framework/run/test_runs.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

RunIdentity identity(const json& run) { return identify(resolve_run(run, kRunPath), Contents{}); }

TEST(RunIdentity, IgnoresTheLabel) {
  EXPECT_EQ(identity(planted_run()).config_hash,
            identity(changed("/label", "another name")).config_hash);
}

TEST(RunIdentity, SeesWhateverChangesAResult) {
  const std::string hash = identity(planted_run()).config_hash;
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(identity(changed("/train/batch", 32)).config_hash, hash) << "a default, said aloud";
  for (const auto& [pointer, value] :
       std::map<std::string, json>{{"/seed", 1},
                                   {"/options/alpha", 17},
                                   {"/train/steps", 151},
                                   {"/train/warmup_steps", 9},
                                   {"/train/epochs", 3},
                                   {"/train/weight_decay_of/bias", 0},
                                   {"/data/train_rows", 100},
                                   {"/backbone/layers", 2},
                                   {"/sites", {"layer.0"}}}) {
    EXPECT_NE(identity(changed(pointer, value)).config_hash, hash) << pointer;
  }
}

TEST(RunIdentity, HoldsOptionsOfSitesWhereThereAreSome) {
  json run = planted_run();
  run["variant"] = "adalora";
  run["options"] = json::object();
  const RunIdentity common = identity(run);
  EXPECT_EQ(common.identity["options"], json::object());
  run["options"]["site_options"] = json::object();
  EXPECT_EQ(identity(run).config_hash, common.config_hash);
  run["options"]["site_options"]["layer.0"] = {{"std", 0.1}, {"rank", 16}};
  EXPECT_EQ(identity(run).identity["options"].dump(),
            R"({"site_options":{"layer.0":{"deviation":0.1,"rank":16}}})")
      << "under their first names";
}

TEST(RunIdentity, ProtocolIsWhatRowsOfATableShare) {
  const std::string protocol = identity(planted_run()).protocol_hash;
  json other = planted_run();
  other["variant"] = "lora";
  other["options"] = json::object();
  EXPECT_EQ(identity(other).protocol_hash, protocol);
  for (const auto& [pointer, value] :
       std::map<std::string, json>{{"/seed", 1},
                                   {"/options/alpha", 17},
                                   {"/train/learning_rate", 3e-3},
                                   {"/train/head_learning_rate", 1e-3},
                                   {"/train/micro_batch", 8},
                                   {"/label", "b"}}) {
    EXPECT_EQ(identity(changed(pointer, value)).protocol_hash, protocol) << pointer;
  }
  for (const auto& [pointer, value] : std::map<std::string, json>{{"/train/steps", 151},
                                                                  {"/train/batch", 16},
                                                                  {"/train/precision", "fp64"},
                                                                  {"/data/dev_rows", 10},
                                                                  {"/data/options/noise", 1},
                                                                  {"/backbone/layers", 2}}) {
    EXPECT_NE(identity(changed(pointer, value)).protocol_hash, protocol) << pointer;
  }
}

TEST(RunIdentity, MemoryAndTimeDoNotEnter) {
  const RunIdentity found = identity(planted_run());
  for (const auto& [pointer, value] : std::map<std::string, json>{{"/train/evaluation_rows", 64},
                                                                  {"/train/micro_batch", 8},
                                                                  {"/record/checkpoints", false}}) {
    EXPECT_EQ(identity(changed(pointer, value)).config_hash, found.config_hash) << pointer;
    EXPECT_EQ(identity(changed(pointer, value)).protocol_hash, found.protocol_hash) << pointer;
  }
}

// Its loss multiplies two means over one forward.
TEST(RunIdentity, MicroBatchesEnterWhereTheyChangeTheLoss) {
  json run = planted_run();
  run["variant"] = "mixlora";
  run["options"] = json::object();
  json cut = run;
  cut["train"] = {{"micro_batch", 8}};
  EXPECT_NE(identity(cut).config_hash, identity(run).config_hash);
}

TEST(RunIdentity, OfAStoredConfigIsThatOfToday) {
  json stored = resolve_run(changed("/adapter_seed", 2), kRunPath).to_json();
  const std::string hash = identify(stored, Contents{}).config_hash;
  stored["adapter_stream"] = 2;  // its name before
  stored.erase("adapter_seed");
  stored["train"].erase("precision");  // as if it had come later, with its default
  EXPECT_EQ(identify(stored, Contents{}).config_hash, hash);
}

TEST(RunIdentity, SeesWhatIsRead) {
  const RunConfig config = resolve_run({{"variant", "lora"}}, kRunPath);
  const std::string hash = identify(config, {"tasks", "weights"}).config_hash;
  EXPECT_NE(identify(config, {"other tasks", "weights"}).config_hash, hash);
  EXPECT_NE(identify(config, {"tasks", "other weights"}).config_hash, hash);
  const RunConfig started =
      resolve_run({{"variant", "lora"}, {"init_from", "a.safetensors"}}, kRunPath);
  const RunIdentity one = identify(started, {"tasks", "weights", "parameters"});
  const RunIdentity other = identify(started, {"tasks", "weights", "other parameters"});
  EXPECT_NE(one.config_hash, hash);
  EXPECT_NE(one.config_hash, other.config_hash);
  EXPECT_EQ(one.protocol_hash, other.protocol_hash) << "variants cannot share their parameters";
}

TEST(ContentReader, SaysWhatIsMissing) {
  const json run{{"variant", "lora"}, {"backbone", {{"name", "bert"}, {"weights", "minilm"}}}};
  EXPECT_THAT(
      error_of([&] { ContentReader({.data = "/nowhere"}).of(resolve_run(run, kRunPath)); }),
      AllOf(HasSubstr("/nowhere/models/minilm"), HasSubstr("scripts/prepare --backbone minilm")));
}

}  // namespace
}  // namespace rankwise

// Runs and studies as they are read: what is resolved, what is hashed, what is refused.

#include "framework/train/study.h"

#include "framework/adapter/variant.h"
#include "framework/io/test_files.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kPath = "x.json: runs[2]";

json planted_run() {
  return {{"variant", "smora"},
          {"options", {{"rank", 8}, {"active", 2}}},
          {"backbone", {{"name", "tiny"}}},
          {"data", {{"suite", "planted"}}}};
}

json changed(const std::string& pointer, const json& value) {
  json run = planted_run();
  run[json::json_pointer(pointer)] = value;
  return run;
}

std::string refusal(const std::string& pointer, const json& value) {
  return error_of([&] { resolve_run(changed(pointer, value), kPath); });
}

TEST(RunConfig, FillsEveryDefaultIn) {
  const RunConfig config = resolve_run(planted_run(), kPath);
  EXPECT_EQ(config.label, "smora");
  EXPECT_EQ(config.options.at("alpha"), 16);
  EXPECT_EQ(config.options.at("rank"), 8);
  EXPECT_EQ(config.backbone_options.at("layers"), 3);
  EXPECT_EQ(config.data.options.at("tasks"), 8);
  EXPECT_THAT(config.sites, ElementsAre("layer.*"));
  EXPECT_EQ(config.train.batch, 32);
}

TEST(RunConfig, ReadsItsOwnJsonBack) {
  const RunConfig config = resolve_run(changed("/train/steps", 17), kPath);
  EXPECT_EQ(resolve_run(config.to_json(), kPath).to_json(), config.to_json());
  EXPECT_EQ(config.to_json().at("train").at("steps"), 17);
}

TEST(RunConfig, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(
      refusal("/variant", "smorra"),
      HasSubstr(fmt::format("x.json: runs[2].variant: unknown variant 'smorra'; the variants "
                            "are {}",
                            fmt::join(variants().names(), ", "))));
  EXPECT_THAT(refusal("/options/rankk", 3),
              AllOf(HasSubstr("x.json: runs[2].options"), HasSubstr("rankk"), HasSubstr("active")));
  EXPECT_THAT(refusal("/optoins", json::object()),
              AllOf(HasSubstr("optoins"), HasSubstr("options")));
  EXPECT_THAT(refusal("/backbone/name", "bart"),
              HasSubstr("x.json: runs[2].backbone.name: unknown backbone 'bart'"));
  EXPECT_THAT(refusal("/backbone/depth", 2), HasSubstr("depth"));
  EXPECT_THAT(refusal("/train/sampler/tasks", "even"),
              HasSubstr("x.json: runs[2].train.sampler.tasks: unknown sampler 'even'"));
  EXPECT_THAT(refusal("/train/schedule", "lineer"), HasSubstr("linear"));
  EXPECT_THAT(refusal("/data/options/detla", 1), HasSubstr("detla"));
}

TEST(RunConfig, RefusesWrongTypesAndValues) {
  EXPECT_THAT(refusal("/train/steps", "many"),
              AllOf(HasSubstr("x.json: runs[2].train.steps"), HasSubstr("an integer")));
  EXPECT_THAT(refusal("/train/steps", 1.5), HasSubstr("train.steps"));
  EXPECT_THAT(refusal("/options/rank", 0),
              HasSubstr("x.json: runs[2].options.rank: 0 is not positive"));
  EXPECT_THAT(refusal("/seed", -1), HasSubstr("x.json: runs[2].seed"));
  EXPECT_THAT(refusal("/train", 3), HasSubstr("x.json: runs[2].train"));
  EXPECT_THAT(refusal("/backbone", "tiny"), HasSubstr("x.json: runs[2].backbone"));
  EXPECT_THAT(refusal("/backbone", json::object()), HasSubstr("has no name"));
  EXPECT_THAT(refusal("/variant", ""), HasSubstr("has no variant"));
}

RunIdentity identity(const json& run) { return identify(resolve_run(run, kPath), Places{}); }

TEST(RunIdentity, IgnoresTheLabel) {
  EXPECT_EQ(identity(planted_run()).config_hash,
            identity(changed("/label", "another name")).config_hash);
}

TEST(RunIdentity, SeesWhateverChangesAResult) {
  const std::string hash = identity(planted_run()).config_hash;
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(identity(changed("/train/batch", 32)).config_hash, hash) << "a default, said aloud";
  for (const auto& [pointer, value] : std::map<std::string, json>{{"/seed", 1},
                                                                  {"/options/alpha", 17},
                                                                  {"/train/steps", 151},
                                                                  {"/train/micro_batch", 8},
                                                                  {"/data/train_rows", 100},
                                                                  {"/backbone/layers", 2},
                                                                  {"/sites", {"layer.0"}}}) {
    EXPECT_NE(identity(changed(pointer, value)).config_hash, hash) << pointer;
  }
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

TEST(RunIdentity, SaysWhatIsMissing) {
  const json run{{"variant", "lora"}, {"backbone", {{"name", "bert"}, {"weights", "minilm"}}}};
  EXPECT_THAT(
      error_of([&] { identify(resolve_run(run, kPath), {.data = "/nowhere"}); }),
      AllOf(HasSubstr("/nowhere/models/minilm"), HasSubstr("scripts/prepare --backbone minilm")));
}

TEST(RunFileName, HoldsStudyLabelSeedAndHash) {
  RunConfig config = resolve_run(changed("/label", "SMoRA, 8/2!"), kPath);
  const RunIdentity found{.config_hash = "0123456789abcdef"};
  EXPECT_EQ(run_file(config, found, "My Study", {.results = "r"}),
            std::filesystem::path("r/my-study/smora-8-2--s0-0123456789.h5"));
}

// A study in a file of its own.
std::filesystem::path study_file(const std::string& text) {
  const auto path = test_folder() / "x.json";
  write_bytes(path, text);
  return path;
}

Study study(const std::string& text, const StudyOverrides& overrides = {}) {
  return read_study(study_file(text), overrides);
}

std::string study_refusal(const std::string& text, const StudyOverrides& overrides = {}) {
  return error_of([&] { study(text, overrides); });
}

std::vector<std::string> labels(const Study& study) {
  std::vector<std::string> found;
  for (const RunConfig& run : study.runs) {
    found.push_back(fmt::format("{} s{}", run.label, run.seed));
  }
  return found;
}

constexpr const char* kStudy = R"({
  // Comments are allowed.
  "study": "toy", "reproduces": "Table 1", "note": "small scale",
  "defaults": {"backbone": {"name": "tiny"}, "data": {"suite": "planted"}, "train": {"steps": 9}},
  "seeds": [3, 4],
  "runs": [
    {"variant": "lora", "label": "LoRA", "options": {"rank": 2}, "train": {"batch": 7}},
    {"variant": "lora", "label": "one seed", "seed": 5},
    {"variant": "smora", "sweep": {"rank": [4, 8], "train.learning_rate": [0.1, 0.2]},
     "options": {"active": 2}}
  ]
})";

TEST(Study, ExpandsDefaultsSweepsAndSeeds) {
  const Study found = study(kStudy);
  EXPECT_EQ(found.name, "toy");
  EXPECT_EQ(found.reproduces, "Table 1");
  EXPECT_EQ(found.note, "small scale");
  EXPECT_THAT(
      labels(found),
      ElementsAre(
          "LoRA s3", "LoRA s4", "one seed s5", "smora rank=4 train.learning_rate=0.1 s3",
          "smora rank=4 train.learning_rate=0.1 s4", "smora rank=4 train.learning_rate=0.2 s3",
          "smora rank=4 train.learning_rate=0.2 s4", "smora rank=8 train.learning_rate=0.1 s3",
          "smora rank=8 train.learning_rate=0.1 s4", "smora rank=8 train.learning_rate=0.2 s3",
          "smora rank=8 train.learning_rate=0.2 s4"));
  EXPECT_THAT(found.order, ElementsAre(0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  EXPECT_EQ(found.runs[0].train.steps, 9) << "from the defaults";
  EXPECT_EQ(found.runs[0].train.batch, 7) << "beside its own";
  EXPECT_EQ(found.runs[2].train.batch, 32);
  EXPECT_EQ(found.runs[9].options.at("rank"), 8);
  EXPECT_EQ(found.runs[9].options.at("active"), 2);
  EXPECT_EQ(found.runs[9].train.learning_rate, 0.2);
}

std::string study_of(const std::string& runs, const std::string& more = "") {
  return R"({"study": "toy", "defaults": {"backbone": {"name": "tiny"}, "data": {"suite": "planted"}},
            )" +
         more + R"("runs": )" + runs + "}";
}

TEST(Study, ZipsListsAndNamesTheGroupOfWhatARowVaries) {
  const Study found = study(study_of(
      R"([{"variant": "lora", "label": "own A", "sweep": {"rank": [4, 8]},
           "zip": {"data.tasks": [["planted0"], ["planted1"]], "adapter_stream": [0, 1]}},
          {"variant": "smora"}])"));
  EXPECT_THAT(labels(found),
              ElementsAre("own A rank=4 adapter_stream=0 data.tasks=planted0 s0",
                          "own A rank=4 adapter_stream=1 data.tasks=planted1 s0",
                          "own A rank=8 adapter_stream=0 data.tasks=planted0 s0",
                          "own A rank=8 adapter_stream=1 data.tasks=planted1 s0", "smora s0"));
  EXPECT_THAT(found.runs[3].data.tasks, ElementsAre("planted1"));
  EXPECT_EQ(found.runs[3].adapter_stream, 1);
  EXPECT_EQ(found.runs[3].group, "own A");
  EXPECT_EQ(found.runs[4].group, "smora");
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "zip": {"rank": [1, 2],
                                          "adapter_stream": [1]}}])")),
              HasSubstr("runs[0].zip.rank: has 2 values, and adapter_stream has 1"));
}

TEST(Study, TakesDefaultsAndRunsFromOthers) {
  const auto base = study_file(kStudy);
  const auto path = base.parent_path() / "y.json";
  write_bytes(path, R"({"study": "why", "defaults_from": "x.json", "runs_from": "x.json",
                        "defaults": {"train": {"steps": 5}}})");
  const Study found = read_study(path, {});
  EXPECT_EQ(found.name, "why");
  EXPECT_EQ(found.reproduces, "Table 1");
  EXPECT_EQ(found.note, "small scale");
  EXPECT_EQ(labels(found), labels(read_study(base, {})));
  EXPECT_EQ(found.runs[0].train.steps, 5);
  EXPECT_EQ(found.runs[0].train.batch, 7);
  EXPECT_EQ(found.runs[0].backbone, "tiny");
  const auto refusal_of = [&](const char* text) {
    write_bytes(path, text);
    return error_of([&] { read_study(path, {}); });
  };
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "x.json", "runs": []})"),
              HasSubstr("both 'runs' and 'runs_from'"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "y.json"})"),
              HasSubstr("names another study in turn"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "none.json"})"), HasSubstr("none.json"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "defaults_from": 3})"), HasSubstr("a string"));
}

TEST(Study, EveryConfigOfTheTreeCanBeRead) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RANKWISE_SOURCE_DIR "/configs")) {
    if (entry.path().filename() == "hypotheses.json") continue;
    const Study found = read_study(entry.path(), {});
    EXPECT_EQ(found.name, entry.path().stem()) << "results are found by the file's name";
    EXPECT_FALSE(found.note.empty()) << entry.path() << " says nothing of its scale";
    ++count;
  }
  EXPECT_GT(count, 20U);
}

TEST(Study, SetChangesEveryRunAfterTheFile) {
  const Study found = study(kStudy, {.set = {"train.steps=2", "alpha=3", "data.options.noise=0"}});
  for (const RunConfig& run : found.runs) {
    EXPECT_EQ(run.train.steps, 2);
    EXPECT_EQ(run.options.at("alpha"), 3);
    EXPECT_EQ(run.data.options.at("noise"), 0);
  }
  EXPECT_EQ(study(kStudy, {.set = {"train.schedule=cosine"}}).runs[0].train.schedule, "cosine");
  EXPECT_THAT(labels(study(kStudy, {.set = {"seed=9"}, .only = {"LoRA"}})), ElementsAre("LoRA s9"));
}

TEST(Study, SetRefusesWhatMeansNothing) {
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.steps"}}), HasSubstr("expected path=value"));
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.stepz=3"}}), HasSubstr("stepz"));
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.steps=few"}}), HasSubstr("train.steps"));
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.steps.more=3"}}),
              HasSubstr("train.steps.more"));
}

TEST(Study, OnlyKeepsLabelsAndVariantsWithTheirOrder) {
  const Study found = study(kStudy, {.only = {"one*"}});
  EXPECT_THAT(labels(found), ElementsAre("one seed s5"));
  EXPECT_THAT(found.order, ElementsAre(1));
  EXPECT_EQ(study(kStudy, {.only = {"smora"}}).runs.size(), 8U);
  EXPECT_THAT(study_refusal(kStudy, {.only = {"smorra"}}),
              AllOf(HasSubstr("--only smorra"), HasSubstr("LoRA, one seed")));
}

TEST(Study, ErrorsNameFileAndPlace) {
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}, {"variant": "smorra"}])")),
              AllOf(HasSubstr("x.json: runs[1].variant"), HasSubstr("unknown variant 'smorra'")));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "options": {"rank": "8"}}])")),
              HasSubstr("x.json: runs[0].options.rank"));
  EXPECT_THAT(study_refusal(study_of("[3]")), HasSubstr("x.json"));
  EXPECT_THAT(study_refusal(study_of("[]")), HasSubstr("runs: there is none"));
  EXPECT_THAT(study_refusal(R"({"runs": [{"variant": "lora"}]})"),
              HasSubstr("no name under 'study'"));
  EXPECT_THAT(study_refusal(R"({"study": "a", "rnus": []})"), HasSubstr("rnus"));
  EXPECT_THAT(study_refusal(R"({"study": )"), HasSubstr("x.json"));
}

TEST(Study, RefusesRowsThatCanNotBeToldApart) {
  EXPECT_THAT(study_refusal(study_of(
                  R"([{"variant": "lora"}, {"variant": "lora", "options": {"rank": 2}}])")),
              HasSubstr("two rows have the label 'lora'"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}])", R"("seeds": [1, 2, 1], )")),
              HasSubstr("seeds: 1 is there twice"));
}

TEST(Study, RefusesSweepsThatAreNone) {
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "sweep": {"rank": 3}}])")),
              HasSubstr("x.json: runs[0].sweep.rank: 3 is not a list"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "sweep": ["rank"]}])")),
              HasSubstr("runs[0].sweep"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "sweep": {"rankk": [3]}}])")),
              HasSubstr("rankk"));
  EXPECT_THAT(
      study_refusal(study_of(R"([{"variant": "lora", "label": 3, "sweep": {"rank": [3]}}])")),
      HasSubstr("runs[0].label"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": 3, "sweep": {"rank": [3]}}])")),
              HasSubstr("runs[0].variant"));
}

TEST(Study, RefusesSeedsThatAreNone) {
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "seed": "3"}])")),
              HasSubstr("runs[0].seed"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}])", R"("seeds": [-1], )")),
              HasSubstr("seeds"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}])", R"("seeds": [], )")),
              HasSubstr("seeds"));
}

TEST(Plugins, AreNamedRelativeToTheStudy) {
  const auto file =
      study_file(R"({"study": "a", "plugins": ["lib/mine.so"], "runs": [{"variant": "mine"}]})");
  EXPECT_THAT(study_plugins(file), ElementsAre((file.parent_path() / "lib/mine.so").string()));
}

TEST(Plugins, ThatCanNotBeUsedSayWhy) {
  EXPECT_THAT(
      error_of([] { load_plugins({"/nowhere/libmine.so"}); }),
      AllOf(HasSubstr("plugin /nowhere/libmine.so: can not be loaded"), Not(HasSubstr("\n"))));
  EXPECT_THAT(error_of([] { load_plugins({"libm.so.6"}); }), HasSubstr("registers no variant"));
}

}  // namespace
}  // namespace rankwise

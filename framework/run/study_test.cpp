// Runs and studies as they are read: what is resolved, what is hashed, what is refused.

#include "framework/run/study.h"

#include "framework/adapter/variant.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"
#include "framework/run/plugin.h"
#include "framework/run/test_runs.h"
#include "framework/study/study_rows.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::string& pointer, const json& value) {
  return error_of([&] { resolve_run(changed(pointer, value), kRunPath); });
}

TEST(RunConfig, FillsEveryDefaultIn) {
  const RunConfig config = resolve_run(planted_run(), kRunPath);
  EXPECT_EQ(config.label, "smora");
  EXPECT_EQ(config.options.at("alpha"), 16);
  EXPECT_EQ(config.options.at("rank"), 8);
  EXPECT_EQ(config.backbone_options.at("layers"), 3);
  EXPECT_EQ(config.data.options.at("tasks"), 8);
  EXPECT_THAT(config.sites, ElementsAre("layer.*"));
  EXPECT_EQ(config.train.batch, 32);
}

TEST(RunConfig, ReadsItsOwnJsonBack) {
  const RunConfig config = resolve_run(changed("/train/steps", 17), kRunPath);
  EXPECT_EQ(resolve_run(config.to_json(), kRunPath).to_json(), config.to_json());
  EXPECT_EQ(config.to_json().at("train").at("steps"), 17);
}

TEST(RunConfig, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(
      refusal("/variant", "smorra"),
      HasSubstr(fmt::format(
          "x.json: runs[2].variant: unknown variant 'smorra' (did you mean 'smora'?); the variants "
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

// --set and sweeps tell a run's own members from its variant's options by their names.
TEST(RunConfig, MembersOfARunAreNoOptions) {
  const json members = resolve_run(planted_run(), kRunPath).to_json();
  for (const auto& [name, value] : members.items()) {
    json run = json::object();
    place_value(run, name, value, "x");
    EXPECT_TRUE(run.contains(name)) << name << " would be set below the options";
  }
}

TEST(RunFileName, HoldsStudyLabelSeedAndHash) {
  RunConfig config = resolve_run(changed("/label", "SMoRA, 8/2!"), kRunPath);
  const RunIdentity found{.config_hash = "0123456789abcdef"};
  EXPECT_EQ(run_file(config, found, "My Study", {.results = "r"}),
            std::filesystem::path("r/my-study/smora-8-2--s0-0123456789.h5"));
}

std::filesystem::path study_file(const std::string& text) {
  const auto path = test_folder() / "x.json";
  write_bytes(path, text);
  return path;
}

std::string study_refusal(const std::string& runs) {
  const auto file = study_file(R"({"study": "toy", "defaults": {"backbone": {"name": "tiny"},
                                   "data": {"suite": "planted"}}, "runs": )" +
                               runs + "}");
  return error_of([&] { resolve_study(read_study_file(file)); });
}

TEST(Study, ErrorsNameFileAndPlace) {
  EXPECT_THAT(study_refusal(R"([{"variant": "lora"}, {"variant": "smorra"}])"),
              AllOf(HasSubstr("x.json: runs[1].variant"), HasSubstr("unknown variant 'smorra'")));
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "options": {"rank": "8"}}])"),
              HasSubstr("x.json: runs[0].options.rank"));
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "sweep": {"rankk": [3]}}])"),
              HasSubstr("rankk"));
}

TEST(Study, RefusesRatesThatNoOptimizerTakes) {
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "train": {"learning_rate": 1e300}}])"),
              HasSubstr("x.json: runs[0].train.learning_rate: 1e+300 is beyond"));
}

TEST(Study, RefusesNullWhereAValueIsExpected) {
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "options": {"rank": null}}])"),
              HasSubstr("x.json: runs[0].options.rank: null is not an integer"));
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "options": {"rnak": null}}])"),
              HasSubstr("unknown option 'rnak'"));
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "train": {"steps": null}}])"),
              HasSubstr("x.json: runs[0].train: neither steps nor epochs is given"));
  EXPECT_THAT(study_refusal(R"([{"variant": "lora", "options": {"alpha": null}}])"), "")
      << "null is a value of it";
}

TEST(Study, EveryConfigOfTheTreeCanBeRead) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_tree() / "configs")) {
    const std::filesystem::path folder = entry.path().parent_path().filename();
    if (entry.is_directory() || folder == "suites" ||
        entry.path().filename() == "hypotheses.json") {
      continue;
    }
    const Study found = resolve_study(read_study_file(entry.path()));
    const std::string of_paper = folder == "papers" ? "paper_" : "";
    EXPECT_EQ(found.file.name, of_paper + entry.path().stem().string())
        << "results are found by the file's name";
    EXPECT_FALSE(found.file.note.empty()) << entry.path() << " says nothing of its scale";
    ++count;
  }
  EXPECT_GT(count, 50U);
}

TEST(Plugins, ThatCanNotBeUsedSayWhy) {
  for (const std::string name : {"/nowhere/libmine.so", "libnowhere.so"}) {
    EXPECT_EQ(error_of([&] { load_plugins({name}); }),
              "plugin " + name + ": there is no such file");
  }
  EXPECT_THAT(error_of([] { load_plugins({"libm.so.6"}); }), HasSubstr("registers no variant"));
}

}  // namespace
}  // namespace rankwise

#include "framework/study/study_file.h"

#include "framework/core/error.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A study in a file of its own.
std::filesystem::path study_file(const std::string& text) {
  const auto path = test_folder() / "x.json";
  write_bytes(path, text);
  return path;
}

StudyFile study(const std::string& text, const StudyOverrides& overrides = {}) {
  return read_study_file(study_file(text), overrides);
}

std::string study_refusal(const std::string& text, const StudyOverrides& overrides = {}) {
  return error_of([&] { study(text, overrides); });
}

std::vector<std::string> labels(const StudyFile& study) {
  std::vector<std::string> found;
  for (const StudyRun& run : study.runs) {
    found.push_back(fmt::format("{} s{}", run.label, run.members.at("seed").get<int>()));
  }
  return found;
}

std::vector<std::int64_t> rows(const StudyFile& study) {
  std::vector<std::int64_t> found;
  for (const StudyRun& run : study.runs) found.push_back(run.row);
  return found;
}

/// The value at "/train/steps" of one run.
json at(const StudyFile& study, std::size_t run, const char* pointer) {
  return study.runs.at(run).members.at(json::json_pointer(pointer));
}

constexpr const char* kStudy = R"({
  // Comments are allowed.
  "study": "toy", "reproduces": "Table 1", "note": "small scale",
  "findings": ["Rank 4 is enough."],
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
  const StudyFile found = study(kStudy);
  EXPECT_EQ(found.name, "toy");
  EXPECT_THAT(found.findings, ElementsAre("Rank 4 is enough."));
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
  EXPECT_THAT(rows(found), ElementsAre(0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  EXPECT_EQ(at(found, 0, "/train/steps"), 9) << "from the defaults";
  EXPECT_EQ(at(found, 0, "/train/batch"), 7) << "beside its own";
  EXPECT_FALSE(found.runs[2].members.at("train").contains("batch"));
  EXPECT_EQ(at(found, 9, "/options/rank"), 8);
  EXPECT_EQ(at(found, 9, "/options/active"), 2);
  EXPECT_EQ(at(found, 9, "/train/learning_rate"), 0.2);
}

std::string study_of(const std::string& runs, const std::string& more = "") {
  return R"({"study": "toy", "defaults": {"backbone": {"name": "tiny"}, "data": {"suite": "planted"}},
            )" +
         more + R"("runs": )" + runs + "}";
}

TEST(Study, SaysWhatRowsAre) {
  const std::string runs =
      R"([{"variant": "lora", "label": "b"}, {"variant": "lora", "label": "a"}])";
  const auto notes =
      study(study_of(runs, R"("row_notes": {"a": "the first", "b": "the other"},)")).row_notes;
  EXPECT_THAT(notes,
              ElementsAre(::testing::Pair("b", "the other"), ::testing::Pair("a", "the first")));
  EXPECT_THAT(study_refusal(study_of(runs, R"("row_notes": {"aa": "none"},)")),
              HasSubstr("row_notes: no row is called 'aa'"));
  EXPECT_THAT(study_refusal(study_of(runs, R"("row_notes": {"a": 3},)")),
              HasSubstr("row_notes: a: 3 is not a text"));
}

TEST(Study, ZipsListsAndNamesTheGroupOfWhatARowVaries) {
  const StudyFile found = study(study_of(
      R"([{"variant": "lora", "label": "own A", "sweep": {"rank": [4, 8]},
           "zip": {"data.tasks": [["planted0"], ["planted1"]], "adapter_seed": [0, 1]}},
          {"variant": "smora"}])"));
  EXPECT_THAT(labels(found),
              ElementsAre("own A rank=4 adapter_seed=0 data.tasks=planted0 s0",
                          "own A rank=4 adapter_seed=1 data.tasks=planted1 s0",
                          "own A rank=8 adapter_seed=0 data.tasks=planted0 s0",
                          "own A rank=8 adapter_seed=1 data.tasks=planted1 s0", "smora s0"));
  EXPECT_EQ(at(found, 3, "/data/tasks"), json({"planted1"}));
  EXPECT_EQ(at(found, 3, "/adapter_seed"), 1);
  EXPECT_EQ(at(found, 3, "/group"), "own A");
  EXPECT_FALSE(found.runs[4].members.contains("group"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "zip": {"rank": [1, 2],
                                          "adapter_seed": [1]}}])")),
              HasSubstr("runs[0].zip.rank: has 2 values, and adapter_seed has 1"));
}

TEST(Study, AZipsRowsAreNamedByTheListsThatTellThemApart) {
  const auto labels_for = [](const std::string& zip) {
    return labels(study(study_of(R"([{"variant": "lora", "zip": )" + zip + "}]")));
  };
  EXPECT_THAT(labels_for(R"({"rank": [1, 2, 4], "train.steps": [5, 5, 6]})"),
              ElementsAre("lora rank=1 s0", "lora rank=2 s0", "lora rank=4 s0"));
  EXPECT_THAT(labels_for(R"({"rank": [1, 2, 2], "train.steps": [5, 5, 6]})"),
              ElementsAre("lora rank=1 train.steps=5 s0", "lora rank=2 train.steps=5 s0",
                          "lora rank=2 train.steps=6 s0"));
}

TEST(Study, NullTakesAwayTheZipOfTheDefaults) {
  const StudyFile found = study(R"({"study": "toy", "defaults": {"backbone": {"name": "tiny"},
    "data": {"suite": "planted"}, "zip": {"data.tasks": [["planted0"], ["planted1"]]}},
    "runs": [{"variant": "lora"},
             {"variant": "lora", "label": "once", "zip": null, "data": {"tasks": ["planted2"]}}]})");
  EXPECT_THAT(labels(found),
              ElementsAre("lora data.tasks=planted0 s0", "lora data.tasks=planted1 s0", "once s0"));
}

TEST(Study, TakesDefaultsAndRunsFromOthers) {
  const auto base = study_file(kStudy);
  const auto path = base.parent_path() / "y.json";
  write_bytes(path, R"({"study": "why", "defaults_from": "x.json", "runs_from": "x.json",
                        "defaults": {"train": {"steps": 5}}})");
  const StudyFile found = read_study_file(path, {});
  EXPECT_EQ(found.name, "why");
  EXPECT_EQ(found.reproduces, "Table 1");
  EXPECT_EQ(found.note, "small scale");
  EXPECT_EQ(labels(found), labels(read_study_file(base, {})));
  EXPECT_EQ(at(found, 0, "/train/steps"), 5);
  EXPECT_EQ(at(found, 0, "/train/batch"), 7);
  EXPECT_EQ(at(found, 0, "/backbone/name"), "tiny");
  const auto refusal_of = [&](const char* text) {
    write_bytes(path, text);
    return error_of([&] { read_study_file(path, {}); });
  };
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "x.json", "runs": []})"),
              HasSubstr("both 'runs' and 'runs_from'"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "y.json"})"),
              HasSubstr("names another study in turn"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "runs_from": "none.json"})"), HasSubstr("none.json"));
  EXPECT_THAT(refusal_of(R"({"study": "z", "defaults_from": 3})"), HasSubstr("a string"));
}

TEST(Study, SetChangesEveryRunAfterTheFile) {
  const StudyFile found = study(kStudy, {.set = {"train.steps=2", "alpha=3"}});
  EXPECT_EQ(at(found, 0, "/train/steps"), 2);
  EXPECT_EQ(at(found, 0, "/options/alpha"), 3);
  EXPECT_EQ(at(study(kStudy, {.set = {"train.schedule=cosine"}}), 0, "/train/schedule"), "cosine");
  EXPECT_THAT(labels(study(kStudy, {.set = {"seed=9"}, .only = {"LoRA"}})), ElementsAre("LoRA s9"));
}

TEST(Study, SetRefusesWhatMeansNothing) {
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.steps"}}), HasSubstr("expected path=value"));
  EXPECT_THAT(study_refusal(kStudy, {.set = {"train.steps.more=3"}}),
              HasSubstr("train.steps.more"));
}

TEST(Study, RefusesToSetWhatARowVaries) {
  const std::string swept = study_of(R"([{"variant": "lora", "sweep": {"rank": [1, 2]}}])");
  EXPECT_THAT(study_refusal(swept, {.set = {"options.rank=4"}}), HasSubstr("--set options.rank: "));
  EXPECT_THAT(study_refusal(swept, {.set = {"options.rank=4"}}),
              HasSubstr("runs[0] varies it (sweep.rank); leave one of both out"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}])"),
                            {.set = {"train.steps=4"}, .sweep = {"train.steps=1,2"}}),
              HasSubstr("varies it (sweep.train.steps)"));
  EXPECT_EQ(study(swept, {.set = {"options.alpha=4"}}).runs.size(), 2U);
}

TEST(Study, RefusesAReferenceThatNoRowHas) {
  const std::string text = study_of(R"([{"variant": "lora"}])", R"("reference": "loar", )");
  EXPECT_THAT(study_refusal(text), HasSubstr("reference: no row is called 'loar'"));
  EXPECT_THAT(study_refusal(text), HasSubstr("lora"));
  EXPECT_EQ(study(text, {.set = {"label=loar"}}).runs.size(), 1U) << "flags may name rows anew";
}

TEST(Study, OnlyKeepsLabelsAndVariantsWithTheirOrder) {
  const StudyFile found = study(kStudy, {.only = {"one*"}});
  EXPECT_THAT(labels(found), ElementsAre("one seed s5"));
  EXPECT_THAT(rows(found), ElementsAre(1));
  EXPECT_EQ(study(kStudy, {.only = {"smora"}}).runs.size(), 8U);
  EXPECT_THAT(study_refusal(kStudy, {.only = {"smorra"}}),
              AllOf(HasSubstr("--only smorra"), HasSubstr("LoRA, one seed")));
}

TEST(Study, ErrorsNameFileAndPlace) {
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

TEST(Study, NamesPluginsRelativeToItself) {
  const auto file =
      study_file(R"({"study": "a", "plugins": ["lib/mine.so"], "runs": [{"variant": "mine"}]})");
  EXPECT_THAT(read_study_file(file).plugins,
              ElementsAre((file.parent_path() / "lib/mine.so").string()));
}

TEST(Study, SaysWhatItsResultsAre) {
  const StudyFile found = study(study_of(R"([{"variant": "lora"}])", R"("reference": "lora",
      "first_metrics": ["reuters8/accuracy"],
      "tables": ["scores", {"aggregate": {"reference": "lora"}}], "papers": ["more.table5"], )"));
  EXPECT_EQ(found.reference, "lora");
  EXPECT_THAT(found.first_metrics, ElementsAre("reuters8/accuracy"));
  EXPECT_THAT(found.papers, ElementsAre("more.table5"));
  ASSERT_EQ(found.tables.size(), 2U);
  EXPECT_EQ(found.tables[0].name, "scores");
  EXPECT_EQ(found.tables[1].name, "aggregate");
  EXPECT_EQ(found.tables[1].options.at("reference"), "lora");
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora"}])", R"("figures": [3], )")),
              HasSubstr("figures: 3 is neither a name"));
}

// A parser keeps the last of them and says nothing.
TEST(Study, RefusesAKeyThatStandsTwice) {
  EXPECT_THAT(study_refusal(R"({"study": "a", "seeds": [0],
                                "seeds": [1], "runs": [{"variant": "lora"}]})"),
              HasSubstr("key 'seeds' stands twice in one object, in lines 1 and 2"));
}

TEST(Study, KeepsNullsForTheirOptionsToJudge) {
  const StudyFile found = study(
      study_of(R"([{"variant": "lora", "options": {"rank": null}, "data": {"suite": null}}])"));
  EXPECT_TRUE(at(found, 0, "/options/rank").is_null());
  EXPECT_TRUE(at(found, 0, "/data/suite").is_null()) << "and does not bring the default back";
}

TEST(Study, StaysInTheResultsFolder) {
  for (const char* name : {".", "..", "../x", "a/b"}) {
    EXPECT_THAT(
        study_refusal(fmt::format(R"({{"study": "{}", "runs": [{{"variant": "lora"}}]}})", name)),
        HasSubstr("would leave the results folder"))
        << name;
  }
}

TEST(Study, LabelsCanBeShown) {
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "label": "a\u001b[31mb"}])")),
              HasSubstr("x.json: runs[0].label: 'a\\x1b[31mb': has control characters"));
  EXPECT_THAT(study_refusal(study_of(R"([{"variant": "lora", "label": "  "}])")),
              HasSubstr("runs[0].label: is blank"));
}

TEST(Study, NumbersThatNoDoubleHoldsAreRefusedInOurWords) {
  const std::string refusal = study_refusal(R"({"study": "a", "seeds": [1e999], "runs": []})");
  EXPECT_THAT(refusal, HasSubstr("x.json: is not valid JSON: number overflow"));
  EXPECT_THAT(refusal, Not(HasSubstr("json.exception")));
}

}  // namespace
}  // namespace rankwise

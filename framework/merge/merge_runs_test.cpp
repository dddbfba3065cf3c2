// Real runs of one planted task each, merged.

#include "framework/merge/merge_runs.h"

#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/run/run.h"
#include "framework/run/study.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <cmath>
#include <fstream>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Trains `variant` on three planted tasks, a run each.
std::filesystem::path trained(
    const std::string& variant, const std::string& options = "{}",
    const std::string& tasks = R"([["planted0"], ["planted1"], ["planted2"]])",
    const std::string& precision = "fp32") {
  const auto folder = test_folder();
  const auto file = folder / "x.json";
  write_bytes(
      file,
      R"({"study": "toy",
    "defaults": {"backbone": {"name": "tiny"}, "train": {"steps": 30, "batch": 8, "learning_rate": 0.01,
                 "precision": ")" +
          precision +
          R"("}, "data": {"suite": "planted", "options": {"train": 32, "dev": 8, "test": 24}}},
    "runs": [{"variant": ")" +
          variant + R"(", "options": )" + options + R"(, "sweep": {"data.tasks": )" + tasks +
          "}}]}");
  const Study study = resolve_study(read_study_file(file));
  for (const RunJob& job : jobs_of(study, {.paths = {.results = folder}})) execute(job);
  return folder / "toy";
}

RunFile merged(const std::filesystem::path& runs, const std::string& rule) {
  const auto groups = merge_groups({runs});
  EXPECT_THAT(groups, SizeIs(1));
  Merger merger(groups[0]);
  const MergeRequest request{.rule = rule};
  EXPECT_TRUE(merger.merge(request));
  EXPECT_FALSE(merger.merge(request)) << "it is there";
  return RunFile(merger.file(request));
}

TEST(MergeRuns, LeaveARunFileOfAllTasks) {
  const auto runs = trained("lora");
  const RunFile file = merged(runs, "average");
  EXPECT_EQ(file.status(), "finished");
  EXPECT_EQ(file.attributes().at("label"), "lora, average");
  EXPECT_THAT(file.attributes().at("config").at("data").at("tasks"),
              ElementsAre("planted0", "planted1", "planted2"));
  EXPECT_EQ(file.attributes().at("config").at("merge").at("rule"), "average");
  EXPECT_THAT(file.predictions(), SizeIs(6)) << "last and best of three tasks";
  const MergeRecord record = file.merge().value();
  for (std::size_t t = 0; t < 3; ++t) {
    EXPECT_LT(record.before[t], 1) << "it learnt";
    EXPECT_NE(record.after[t], record.before[t]);
    EXPECT_GT(record.cka[t], 0);
    EXPECT_LT(record.cka[t], 1);
  }
  ASSERT_THAT(record.cosine, SizeIs(3 * 3 * 3));
  EXPECT_THAT(record.interference, Each(::testing::Gt(0)));
  // Of a model with itself: 1 where A has one direction, 1 / sqrt(R) where it has R equal ones.
  EXPECT_GT(record.overlap[0], 1 / std::sqrt(8.0) - 1e-9);
  EXPECT_LT(record.overlap[0], 1);
  EXPECT_THAT(record.mean_angle, SizeIs(3 * 3 * 3));
  EXPECT_EQ(record.mean_angle[0], 0) << "with itself";
  EXPECT_GT(record.mean_angle[1], record.smallest_angle[1]);
}

TEST(MergeRuns, OfModelsInBf16) {
  const auto runs = trained("lora", "{}", R"([["planted0"], ["planted1"]])", "bf16");
  for (const char* rule : {"average", "ties", "factors"}) {
    const MergeRecord record = merged(runs, rule).merge().value();
    for (const double after : record.after) EXPECT_TRUE(after > 0 && after < 1) << rule;
  }
}

TEST(MergeRuns, ByOneRuleAfterTheOtherAreAsByEachAlone) {
  const auto runs = trained("lora");
  const MergeGroup group = merge_groups({runs})[0];
  const MergeRequest average{.rule = "average"}, ties{.rule = "ties"};
  Merger alone(group);
  alone.merge(ties);
  const auto expected = RunFile(alone.file(ties)).merge();
  std::filesystem::remove(alone.file(ties));
  Merger both(group);
  both.merge(average);
  both.merge(ties);
  EXPECT_EQ(RunFile(both.file(ties)).merge(), expected);
  EXPECT_NE(RunFile(both.file(average)).merge(), expected);
}

TEST(MergeRuns, MayHaveSeveralTasks) {
  const auto runs = trained("lora", "{}", R"([["planted0", "planted2"], ["planted1"]])");
  const RunFile file = merged(runs, "average");
  EXPECT_THAT(file.attributes().at("config").at("data").at("tasks"),
              ElementsAre("planted0", "planted2", "planted1"));
  const MergeRecord record = file.merge().value();
  EXPECT_EQ(record.models, 2);
  EXPECT_THAT(record.after, SizeIs(3));
  EXPECT_THAT(record.cosine, SizeIs(3 * 2 * 2));
}

TEST(MergeRuns, PassOverWhatOnlyLooksLikeARunFile) {
  const auto runs = trained("lora");
  const std::size_t files = merge_groups({runs})[0].files.size();
  std::ofstream(runs / "._lora.h5") << "what macOS leaves";
  std::filesystem::create_symlink("gone.h5", runs / "link.h5");
  EXPECT_THAT(merge_groups({runs})[0].files, SizeIs(files));
}

TEST(MergeRuns, RefuseTasksOfTwoRuns) {
  const auto runs = trained("lora", "{}", R"([["planted0"], ["planted0", "planted1"]])");
  EXPECT_THAT(error_of([&] { merged(runs, "average"); }),
              HasSubstr("has two runs of task 'planted0'"));
}

TEST(MergeRuns, OfOneTaskTwiceIsThatModel) {
  const auto twice = trained("smora", R"({"rank": 8, "active": 2})");
  MergeSource source = load_source(merge_groups({twice})[0].files[0], {}, "cpu");
  std::vector<MergeSource> both;
  both.push_back(load_source(source.file, {}, "cpu"));
  both.push_back(load_source(source.file, {}, "cpu"));
  for (const char* rule : {"outputs", "factors"}) {
    const auto updates = merge_methods().find(rule).merge(both, json::object(), Seed(0));
    const auto site = source.sites()[0];
    const torch::Tensor x = torch::ones({1, site.site.in});
    Dataset& data = source.setup.suite.dataset;
    const Batch batch = pack(data, SplitName::kTest, {{0, 0}}, source.setup.tensors);
    const FrozenLinear frozen{site.site.weight, {}};
    const Pass pass{.batch = batch, .count_usage = false};
    EXPECT_TRUE(torch::allclose(updates[0]->forward(x, frozen, pass),
                                site.update->forward(x, frozen, pass)))
        << rule;
  }
}

TEST(MergeRuns, AveragedMatricesOfLoraAreItsAveragedProducts) {
  const auto runs = trained("lora", R"({"rank": 2})");
  std::vector<MergeSource> sources;
  const MergeGroup group = merge_groups({runs})[0];
  for (const auto& file : group.files) {
    sources.push_back(load_source(file, {}, "cpu"));
  }
  std::vector<torch::Tensor> matrices;
  for (const MergeSource& source : sources) {
    const auto factors = source.sites()[1].update->factors().value();
    matrices.push_back(factors.scale * factors.b.mm(factors.a));
    EXPECT_TRUE(torch::allclose(update_matrix(source.sites()[1]), matrices.back()));
  }
  const torch::NoGradGuard no_grad;
  const auto updates = merge_methods().find("average").merge(sources, json::object(), Seed(0));
  const auto site = sources[0].sites()[1].site;
  const torch::Tensor x = torch::ones({1, site.in});
  const Batch batch =
      pack(sources[0].setup.suite.dataset, SplitName::kTest, {{0, 0}}, sources[0].setup.tensors);
  const torch::Tensor mean = (matrices[0] + matrices[1] + matrices[2]) / 3;
  EXPECT_TRUE(torch::allclose(updates[1]->forward(x, {site.weight, {}}, {.batch = batch}),
                              x.mm((site.weight + mean).t())));
}

TEST(MergeRuns, OthersAreMergedByFactorsOrOutputs) {
  const auto runs = trained("dora");
  EXPECT_THAT(error_of([&] { merged(runs, "ties"); }), HasSubstr("rules that take any update are"));
  const MergeRecord record = merged(runs, "outputs").merge().value();
  EXPECT_THAT(record.after, SizeIs(3));
  EXPECT_TRUE(record.cosine.empty());
}

TEST(MergeRuns, RefuseWhatTheyCanNotUse) {
  const auto runs = trained("lora");
  const auto group = merge_groups({runs})[0];
  EXPECT_THAT(
      error_of([&] { Merger(group).merge({.rule = "tie"}); }),
      HasSubstr(
          "unknown merge rule 'tie' (did you mean 'ties'?); the merge rules are average, dare"));
  EXPECT_THAT(error_of([&] {
                Merger(group).merge({.rule = "ties", .options = {{"density", 2}}});
              }),
              HasSubstr("density"));
  EXPECT_THAT(error_of([&] { merge_groups({runs / "none"}); }), HasSubstr("does not exist"));
  EXPECT_THAT(error_of([&] { merge_groups({group.files[0]}); }),
              HasSubstr("no group of two or more finished runs"));
  std::filesystem::copy_file(
      std::filesystem::path(group.files[1]).replace_extension(".safetensors"),
      std::filesystem::path(group.files[0]).replace_extension(".safetensors"),
      std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(error_of([&] { Merger(group).merge({.rule = "average"}); }),
              HasSubstr("and the run recorded"));
  std::filesystem::remove(std::filesystem::path(group.files[0]).replace_extension(".safetensors"));
  EXPECT_THAT(error_of([&] { Merger(group).merge({.rule = "average"}); }),
              HasSubstr(R"("record": {"parameters": "last"})"));
}

}  // namespace
}  // namespace rankwise

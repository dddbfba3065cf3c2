#include "analysis/report/report.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

RunSet runs(const std::filesystem::path& folder) {
  test::write_run(folder, "a0", {.label = "alpha", .seed = 0});
  test::write_run(folder, "a1", {.label = "alpha", .seed = 1});
  test::write_run(folder, "b0", {.label = "beta <b>", .seed = 0});
  test::write_failed_run(folder, "c0", {.label = "gamma"}, "out of memory");
  return load_runs({folder});
}

TEST(Report, HoldsTablesFiguresFailuresAndHowToRemakeIt) {
  const std::string page = report_html(runs(test_folder()), {.figures = {"training"}});
  EXPECT_THAT(page, HasSubstr("<table class=\"rankwise\">"));
  EXPECT_THAT(page, HasSubstr("beta &lt;b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("beta <b>")));
  EXPECT_THAT(page, HasSubstr("data:image/svg+xml;base64,PD94bWwg")) << "<?xml ";
  EXPECT_THAT(page, HasSubstr("gamma seed 0 failed: out of memory"));
  EXPECT_THAT(page, HasSubstr("rankwise run"));
  EXPECT_THAT(page, HasSubstr("Making it again"));
}

TEST(Report, AsksNothingOfANetwork) {
  const std::string page = report_html(runs(test_folder()), {.figures = {"training"}});
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(Report, SaysWhatCanNotBeMadeAndWhy) {
  const std::string page = report_html(runs(test_folder()), {.figures = {"clusters"}});
  EXPECT_THAT(page, HasSubstr("Not drawn: clusters ("));
  EXPECT_THAT(error_of([&] { report_html(runs(test_folder()), {.figures = {"clutter"}}); }),
              HasSubstr("unknown figure 'clutter'"));
}

TEST(Report, SaysWhichRunsAnotherStudyTrained) {
  const auto folder = test_folder();
  test::RunSpec spec{.label = "alpha"};
  EXPECT_THAT(report_html(runs(test_folder() / "own"), {.figures = {"training"}}),
              Not(HasSubstr("trained in another study")));
  spec.attributes["taken_from"] = "main/a-s0-0123456789.h5";
  test::write_run(folder, "a0", spec);
  EXPECT_THAT(report_html(load_runs({folder}), {.figures = {"training"}}),
              AllOf(HasSubstr("trained in another study"), HasSubstr("main/a-s0-0123456789.h5")));
}

TEST(Report, PutsAPapersTableBesideItsStudy) {
  const auto folder = test_folder();
  EXPECT_THAT(report_html(runs(folder), {.figures = {"training"}}), Not(HasSubstr("papers")));
  test::write_run(folder / "study", "a",
                  {.label = "more", .attributes = {{"study", "more_table5"}}});
  EXPECT_THAT(report_html(load_runs({folder / "study"}), {.figures = {"training"}}),
              AllOf(HasSubstr("href=\"#papers\""), HasSubstr("more.table5"),
                    HasSubstr("no cell of it is the same quantity")));
}

TEST(Report, ConfigsAreShownByWhatDiffersFromTheVariantsDefaults) {
  const auto folder = test_folder();
  const auto write = [&](const std::string& label, const nlohmann::json& options) {
    const nlohmann::json train = {{"steps", 60}, {"learning_rate", label == "b" ? 0.1 : 0.2}};
    test::RunSpec spec{.label = label};
    spec.attributes["config"] = {{"label", label},
                                 {"variant", "lora"},
                                 {"backbone", {{"name", "bert"}, {"weights", "minilm-l6"}}},
                                 {"options", {{"rank", 8}, {"alpha", 16}}},
                                 {"train", train}};
    spec.attributes["identity"] = {{"variant", "lora"},
                                   {"seed", 0},
                                   {"backbone", {{"name", "bert"}, {"weights", "5f3a"}}},
                                   {"options", options},
                                   {"train", train}};
    test::write_run(folder, label, spec);
  };
  write("a", {{"rank", 4}, {"site_options", {{"*.query", {{"rank", 2}}}}}});
  write("b", nlohmann::json::object());
  const std::string page = report_html(load_runs({folder}), {.figures = {"training"}});
  EXPECT_THAT(page, HasSubstr("<p class=\"settings\">All rows: "
                              "<code>backbone.name: &quot;bert&quot;</code> "
                              "<code>backbone.weights: &quot;minilm-l6&quot;</code> "
                              "<code>train.steps: 60</code> </p>"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">a</th><td>lora <code>*.query.rank: 2</code> "
                              "<code>rank: 4</code> <code>train.learning_rate: 0.2</code> </td>"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">b</th><td>lora "
                              "<code>train.learning_rate: 0.1</code> </td>"));
  EXPECT_THAT(page, Not(HasSubstr("5f3a")));
}

TEST(Report, FillsFindingsAndSaysHowManyItCanNot) {
  StudyFile study{.name = "trial",
                  .findings = {"{scores:alpha:average}!", "{scores:none:average}"}};
  const std::string page = report_html(runs(test_folder()), {.studies = {study}});
  EXPECT_THAT(page, HasSubstr("<li>70.0 ± 0.0!</li>"));
  EXPECT_THAT(page, HasSubstr("these runs lack a number of theirs: 1."));
}

TEST(Report, BeginsWithTheFindingsFiguresAndReferenceOfItsStudy) {
  StudyFile study{.name = "trial", .findings = {"Rank `4` is <enough>."}, .reference = "beta <b>"};
  study.figures = {{"training", {{"window", 3}}}};
  study.tables = {{"ablation"}};
  const std::string page = report_html(runs(test_folder()), {.studies = {study}});
  EXPECT_THAT(page, HasSubstr("<li>Rank <code>4</code> is &lt;enough&gt;.</li>"));
  EXPECT_LT(page.find("moving mean of 3 steps"), page.find("More figures"));
  EXPECT_LT(page.find("aria-label=\"ablation\""), page.find("More tables"));
  study.tables = {{"scores", {{"split", "dev"}}}};
  const std::string dev = report_html(runs(test_folder()), {.studies = {study}});
  const std::size_t scores = dev.find("aria-label=\"scores\"");
  EXPECT_EQ(dev.find("aria-label=\"scores\"", scores + 1), std::string::npos) << "once";
  EXPECT_THAT(report_html(runs(test_folder()), {}), Not(HasSubstr("id=\"findings\"")));
}

TEST(Report, PutsTheBestRowsInOrder) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.label = "low", .test_scores = {{"cola", 0.4}, {"sst2", 0.8}}});
  test::write_run(folder, "b", {.label = "high"});
  const std::string page = report_html(load_runs({folder}), {.figures = {"training"}});
  const std::size_t best = page.find("<h2 id=\"best\">");
  ASSERT_NE(best, std::string::npos);
  EXPECT_LT(page.find("high</th><td>70.0", best), page.find("low</th><td>60.0", best));
}

TEST(Report, FiguresHaveASentenceAsCaptionAndAsTextForThoseWhoSeeNone) {
  const std::string page = report_html(runs(test_folder()), {.figures = {"training"}});
  EXPECT_THAT(page, HasSubstr("alt=\"Training loss over steps, and dev scores"));
  EXPECT_THAT(page, HasSubstr("(trial · tiny · suite planted · seeds 0, 1)"));
}

TEST(Report, CanBeReadWithoutAMouse) {
  const std::string page = report_html(runs(test_folder()), {.figures = {"training"}});
  EXPECT_THAT(page, AllOf(HasSubstr("<main id=\"main\">"), HasSubstr("href=\"#main\""),
                          Not(HasSubstr("<div class=\"scroll\">"))));
}

TEST(Report, MergedModelsAreMadeByTheirRules) {
  const auto folder = test_folder();
  for (const std::string rule : {"ties", "average"}) {
    test::RunSpec spec{.label = "lora, " + rule};
    spec.attributes["config"] = {{"label", spec.label}, {"merge", {{"rule", rule}}}};
    test::write_run(folder, rule, spec);
  }
  const std::string page = report_html(load_runs({folder}), {.figures = {"training"}});
  EXPECT_THAT(page, HasSubstr("rankwise merge results/trial --rule average --rule ties\n"));
  EXPECT_THAT(page, HasSubstr("rankwise report results/trial/merged --out"));
}

TEST(Report, SpeaksForEveryStudyOfItsRuns) {
  const auto folder = test_folder();
  const auto write = [&](const std::string& study, bool dirty) {
    test::write_run(folder, study,
                    {.label = "more",
                     .attributes = {{"study", study},
                                    {"study_file", study + ".json"},
                                    {"reproduces", "question of " + study},
                                    {"commit", "abc"},
                                    {"dirty", dirty}}});
  };
  write("more_table5", true);
  write("My study", true);
  StudyFile known;
  known.path = "configs/more_table5.json";
  const std::string page =
      report_html(load_runs({folder}), {.studies = {known}, .figures = {"training"}});
  EXPECT_THAT(page, HasSubstr("My study: question of My study; more_table5: question of more_"));
  EXPECT_THAT(page, HasSubstr("more.table5")) << "the papers of the second study";
  EXPECT_THAT(page,
              HasSubstr("<pre tabindex=\"0\">git checkout abc  # and changes that no commit holds\n"
                        "scripts/setup &amp;&amp; scripts/build\n"
                        "build/release/bin/rankwise run &apos;My study.json&apos; --jobs 2\n"
                        "build/release/bin/rankwise run configs/more_table5.json --jobs 2\n"
                        "build/release/bin/rankwise report results/my-study results/more_table5 "
                        "--study &apos;My study.json&apos; --out report.html\n</pre>"));
}

TEST(Report, OptionsGoToTheFiguresThatHaveThem) {
  const RunSet set = runs(test_folder());
  const auto page = [&](const nlohmann::json& options) {
    return report_html(set, {.figures = {"training", "pareto"}, .set = options});
  };
  const std::string three = page({{"window", 3}});
  EXPECT_EQ(page({{"training.window", 3}}), three);
  EXPECT_NE(page(nlohmann::json::object()), three);
  EXPECT_THAT(page({{"training.labels", {"delta"}}}), HasSubstr("training (unknown label"));
  for (const std::string key : {"windows", "usage.labels", "pareto.window"}) {
    EXPECT_THAT(
        error_of([&] {
          page({{key, 3}});
        }),
        HasSubstr("unknown option '" + key + "': none of the report's figures (training, "));
  }
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/figures/figure.h"

#include "analysis/figures/test_figures.h"
#include "analysis/runs/test_truth.h"
#include "framework/core/error.h"
#include "framework/io/atomic_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using test::write_run;

/// Two ranks at one site, of which task "cola" uses the first alone; ten samples of two tasks.
test::RunSpec drawn_run(const std::string& label) {
  test::RunSpec spec{.label = label, .layout = test::small_layout()};
  spec.layout.sites = {{.name = "layer.0.query", .in = 2, .out = 2, .ranks = 2, .selection = true}};
  SiteUsage usage;
  usage.count = {8, 0, 8, 8};
  usage.training_count = usage.count;
  usage.gate_mass = {8, 0, 8, 8};
  usage.chosen_rank = {1, 2};
  usage.probability = {1, 0, 0, 1};
  spec.usage = {usage};
  SampleEmbedding pooled{"pooled", 2, {}};
  for (int i = 0; i < 10; ++i) {
    spec.final_record.sample_tasks.push_back(i % 2);
    const float turn = 0.1F * static_cast<float>(i);
    pooled.values.insert(pooled.values.end(), {i % 2 == 0 ? 1.0F : turn, i % 2 == 0 ? turn : 1.0F});
  }
  spec.final_record.sample_embeddings = {pooled};
  return spec;
}

std::vector<std::string> names(const std::vector<fs::path>& files, const std::string& extension) {
  std::vector<std::string> result;
  for (const fs::path& file : files) {
    EXPECT_TRUE(fs::exists(file)) << file;
    if (file.extension() == extension) result.push_back(file.stem().string());
  }
  return result;
}

using Names = std::vector<std::string>;

/// The files of this folder that draw something.
Names sources() {
  Names stems;
  for (const auto& entry : fs::directory_iterator(source_tree() / "analysis/figures")) {
    const std::string stem = entry.path().stem().string();
    const bool source = entry.path().extension() == ".cpp" && !stem.ends_with("_test");
    if (source && stem != "figure") stems.push_back(stem);
  }
  std::sort(stems.begin(), stems.end());
  return stems;
}

TEST(Figure, EachRegistersItselfUnderTheNameOfItsFile) {
  EXPECT_EQ(figures().names(), sources());
  EXPECT_GT(figures().names().size(), 10U);
}

TEST(Figure, UnknownNamesListTheKnownOnes) {
  EXPECT_EQ(error_of([] { figures().find("usages"); }),
            fmt::format("unknown figure 'usages' (did you mean 'usage'?); the figures are {}",
                        fmt::join(figures().names(), ", ")));
}

struct NoFigureOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

TEST(Figure, OfANameThatIsTakenIsAnError) {
  const RegisterFigure again(
      "usage", "", +[](const FigureRequest&, const NoFigureOptions&) { return FigureFiles(); });
  EXPECT_EQ(error_of(check_registrations), "figure 'usage' is registered twice");
  EXPECT_FALSE(figures().find("usage").options.empty());
}

TEST(Figure, UsageDrawsEveryLabelThatHasItAndNotesTheOthers) {
  const fs::path folder = test_folder();
  write_run(folder, "a", drawn_run("it's r=2, \"b\""));
  write_run(folder, "b", {.label = "plain"});
  const FigureFiles result = draw_figure("usage", folder);
  EXPECT_EQ(names(result.files, ".svg"), (Names{"usage_it_s_r_2_b", "usage_it_s_r_2_b_sites"}));
  EXPECT_EQ(result.notes(), Names{"not drawn, no rank usage is recorded: plain"});
  EXPECT_EQ(read_file(result.files.front()),
            "site,task,chosen_rank,1,2\nall sites,cola,1,1,0\nall sites,sst2,2,1,1\n");
}

TEST(Figure, UsageOfRanksWithoutAnOrderIsDrawnSiteBySiteOfOneSeed) {
  const fs::path folder = test_folder();
  write_run(folder, "a", test::routed_run("routed", 0));
  test::RunSpec second = test::routed_run("routed", 0);
  second.seed = 1;
  std::reverse(second.usage[0].count.begin(), second.usage[0].count.end());
  write_run(folder, "b", second);
  draw_figure("usage", folder, {{"sites", false}});
  const std::string csv = read_file(folder / "figures" / "usage_routed.csv");
  EXPECT_EQ(csv.find("all sites"), std::string::npos) << csv;
  const std::string script = read_file(folder / "figures" / "usage_routed.gp");
  EXPECT_NE(script.find("routed: 2 of 2 sites, seed 0"), std::string::npos);
  EXPECT_NE(script.find("'rank by load'"), std::string::npos);
}

TEST(Figure, DivergenceHasTheTasksAndTheNull) {
  const fs::path folder = test_folder();
  write_run(folder, "a", test::routed_run("routed", 0));
  draw_figure("divergence", folder);
  const std::string csv = read_file(folder / "figures" / "divergence_routed.csv");
  EXPECT_NE(csv.find("\nfrom the other tasks,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\nif tokens chose independently,"), std::string::npos) << csv;
}

TEST(Figure, CriticalDifferenceOrdersTheLabelsByTheirMeanRanks) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "worse", .test_scores = {{"cola", 0.4}, {"sst2", 0.9}}});
  write_run(folder, "b", {.label = "better", .test_scores = {{"cola", 0.5}, {"sst2", 0.95}}});
  const std::string csv = read_file(draw_figure("critical_difference", folder).files.front());
  // Two methods on two data sets: 1.96 sqrt(2 · 3 / 12).
  EXPECT_EQ(csv, "label,mean_rank,critical_difference\nbetter,1,1.3859\nworse,2,1.3859\n");
}

TEST(Figure, UsageShowsTheMeanGateWhereAskedOrWhereItIsSoft) {
  const fs::path folder = test_folder();
  test::RunSpec soft = drawn_run("soft");
  soft.usage[0].gate_mass = {2, 0, 4, 6};
  write_run(folder, "a", soft);
  write_run(folder, "b", drawn_run("hard"));
  const auto stems = [&](const char* value) {
    return names(draw_figure("usage", folder, {{"sites", false}, {"value", value}}).files, ".svg");
  };
  EXPECT_EQ(stems("share"), (Names{"usage_hard", "usage_soft"}));
  EXPECT_EQ(stems("gate"), (Names{"usage_hard_gate", "usage_soft_gate"}));
  EXPECT_EQ(stems("auto"), (Names{"usage_hard", "usage_soft", "usage_soft_gate"}));
  EXPECT_EQ(read_file(folder / "figures" / "usage_soft_gate.csv"),
            "site,task,chosen_rank,1,2\nall sites,cola,1,0.25,\nall sites,sst2,2,0.5,0.75\n");
}

TEST(Figure, UsageOfEarlyFilesSaysThatSitesAreLeftOut) {
  const fs::path folder = test_folder();
  test::RunSpec spec = drawn_run("early");
  spec.usage[0].count = {0, 0, 8, 8};
  write_run(folder, "a", spec);
  spec.label = "later";
  for (TaskRecord& task : spec.layout.tasks) task.dev_tokens = 8;
  write_run(folder, "b", spec);
  draw_figure("usage", folder, {{"sites", false}});
  const auto says_so = [&](const char* name) {
    const std::string script = read_file(folder / "figures" / name);
    return script.find("without") != std::string::npos;  // the line may break behind it
  };
  EXPECT_TRUE(says_so("usage_early.gp"));
  EXPECT_FALSE(says_so("usage_later.gp"));
}

TEST(Figure, UsageOfOneRankIsDrawnAsWell) {
  const fs::path folder = test_folder();
  test::RunSpec spec = drawn_run("r=1");
  spec.layout.sites[0].ranks = 1;
  spec.usage[0] = {};
  spec.usage[0].count = spec.usage[0].training_count = {8, 8};
  spec.usage[0].gate_mass = spec.usage[0].probability = {1, 1};
  spec.usage[0].chosen_rank = {1, 1};
  write_run(folder, "a", spec);
  const FigureFiles result = draw_figure("usage", folder, {{"sites", false}});
  // gnuplot refuses images of one column; the two cells are polygons of viridis' yellow.
  const std::string svg = read_file(result.files[2]);
  EXPECT_EQ(svg.find("<image"), std::string::npos);
  EXPECT_NE(svg.find("#fde725"), std::string::npos);
}

TEST(Figure, LabelsThatShareAFileNameKeepTheirOwnFiles) {
  const fs::path folder = test_folder();
  write_run(folder, "a", drawn_run("r 2"));
  write_run(folder, "b", drawn_run("r/2"));
  Names drawn = names(draw_figure("usage", folder, {{"sites", false}}).files, ".svg");
  EXPECT_EQ(drawn.size(), 2U);
  EXPECT_EQ(std::unique(drawn.begin(), drawn.end()), drawn.end()) << drawn.front();
}

TEST(Figure, TrainingDrawsLossAndScoresOfAllLabels) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "alpha, or not", .evaluations = 4});
  write_run(folder, "b", {.label = "beta", .steps = 2});
  const FigureFiles result = draw_figure("training", folder, {{"window", 1}});
  EXPECT_EQ(names(result.files, ".pdf"), (Names{"training_loss", "training_scores"}));
  EXPECT_EQ(read_file(folder / "figures" / "training_loss.csv"),
            "panel,label,step,moving_mean,low,high,loss\n"
            "training loss,\"alpha, or not\",1,1,,,1\ntraining loss,\"alpha, or not\",2,0.5,,,0.5\n"
            "training loss,\"alpha, or not\",3,0.333333,,,0.333333\n"
            "training loss,\"alpha, or not\",4,0.25,,,0.25\n"
            "training loss,beta,1,1,,,1\ntraining loss,beta,2,0.5,,,0.5\n");
}

TEST(Figure, ClustersDrawThePooledOutputWhereThereAreNoTaskEmbeddings) {
  const fs::path folder = test_folder();
  write_run(folder, "a", drawn_run("alpha"));
  const FigureFiles result = draw_figure("clusters", folder);
  EXPECT_EQ(names(result.files, ".png"), Names{"clusters_alpha_pooled"});
  const std::string csv = read_file(result.files.front());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 11);
}

/// Runs of which every figure has something to draw: a selector with samples, and two that route.
fs::path drawable_runs() {
  fs::path folder = test_folder();
  test::RunSpec selector = test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1});
  selector.final_record = drawn_run("").final_record;
  selector.final_record.gradients = {{"low", 3, {4, 1, 0, 1, 9, 2, 0, 2, 1}}};
  selector.evaluations = 4;
  test::RunSpec routed = test::routed_run("rate 0.1", 0.1),
                other = test::routed_run("rate 0.2", 0.2);
  routed.evaluations = other.evaluations = 4;
  write_run(folder, "a", selector);
  write_run(folder, "b", routed);
  write_run(folder, "c", other);
  return folder;
}

TEST(Figure, DrawsTheSameSvgAndCsvAgain) {
  const fs::path folder = drawable_runs();
  for (const std::string& name : figures().names()) {
    std::vector<std::string> before;
    for (const fs::path& file : draw_figure(name, folder).files) before.push_back(read_file(file));
    const FigureFiles again = draw_figure(name, folder);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(read_file(again.files[i]), before[i]) << again.files[i];
    }
  }
}

TEST(Figure, EveryOneRefusesUnknownOptions) {
  const fs::path folder = drawable_runs();
  for (const std::string& name : figures().names()) {
    EXPECT_NE(error_of([&] {
                draw_figure(name, folder, {{"no_such", 1}});
              }).find("no_such"),
              std::string::npos)
        << name;
  }
}

TEST(Figure, RunsWithoutTheDataAreOneLineThatSaysWhatIsMissing) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  for (const char* name : {"clusters", "coactivation", "critical_difference", "divergence",
                           "gradients", "rank_distribution", "ranks", "recovery", "routing",
                           "selection", "similarity", "sweep", "usage"}) {
    const std::string text = error_of([&] { draw_figure(name, folder); });
    EXPECT_FALSE(text.empty()) << name;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(Figure, ASelectorWithoutProbabilitiesIsNotDrawn) {
  const fs::path folder = test_folder();
  test::RunSpec spec = drawn_run("hard");
  spec.usage.front().probability.assign(4, std::numeric_limits<double>::quiet_NaN());
  write_run(folder, "a", spec);
  EXPECT_EQ(error_of([&] { draw_figure("selection", folder); }),
            "nothing to draw: its selector gives no probabilities (hard)");
}

TEST(Figure, TwoEvaluationsAreNoCourseOverSteps) {
  const fs::path folder = test_folder();
  write_run(folder, "a", test::planted_run({1, 1, 2, 2}, {1, 2, 3, 1}));
  for (const char* name : {"ranks", "routing"}) {
    EXPECT_NE(error_of([&] { draw_figure(name, folder); }).find("2 evaluations are no course over"),
              std::string::npos)
        << name;
  }
  const FigureFiles selection = draw_figure("selection", folder);
  EXPECT_EQ(read_file(selection.files.front()).substr(0, 30), "task,layer,chosen_rank,1,2,3\np");
  const FigureFiles training = draw_figure("training", folder);
  EXPECT_EQ(names(training.files, ".svg"), Names{"training_loss"});
  EXPECT_NE(training.notes().front().find("scores: 2 evaluations"), std::string::npos);
}

TEST(Figure, ProfilesOfDifferentMetricsNeedAScale) {
  const fs::path folder = test_folder();  // matthews and accuracy
  write_run(folder, "a", {.label = "low", .test_scores = {{"cola", 0.1}, {"sst2", 0.5}}});
  write_run(folder, "b", {.label = "high", .test_scores = {{"cola", 0.5}, {"sst2", 0.9}}});
  write_run(folder, "c", {.label = "half", .test_scores = {{"cola", 0.3}, {"sst2", 0.7}}});
  EXPECT_NE(error_of([&] { draw_figure("profiles", folder); }).find("no common scale"),
            std::string::npos);
  const nlohmann::json scale = {{"zero", "low"}, {"one", "high"}};
  const std::string csv = read_file(draw_figure("profiles", folder, scale).files.front());
  EXPECT_NE(csv.find("profile,half,0.5,"), std::string::npos) << csv;
  EXPECT_NE(error_of([&] {
              draw_figure("profiles", folder, {{"zero", "low"}});
            }).find("give both"),
            std::string::npos);
}

TEST(Figure, OfMoreThanEightLabelsSomeAreGrey) {
  const fs::path folder = test_folder();
  for (int i = 0; i < 10; ++i) {
    write_run(folder, std::to_string(i),
              {.label = "label " + std::to_string(i), .attributes = {{"order", i}}});
  }
  const FigureFiles result = draw_figure("training", folder);
  EXPECT_NE(result.notes().back().find("grey and without a name, more than 8 labels"),
            std::string::npos);
  EXPECT_NE(result.notes().back().find(": label 8, label 9"), std::string::npos);
  const std::string script = read_file(folder / "figures" / "training_loss.gp");
  EXPECT_NE(script.find("grey: 2 more"), std::string::npos);
  EXPECT_EQ(script.find("'label 8'"), std::string::npos);
}

TEST(Figure, ALabelHasOneColourWhicheverOthersAreDrawn) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.label = "alpha"});
  write_run(folder, "b", {.label = "beta"});
  write_run(folder, "c", {.label = "gamma"});
  const std::string colour = series_colour(series_looks({"alpha", "beta", "gamma"}).at("gamma"));
  for (const nlohmann::json& labels : {nlohmann::json({"gamma"}), {"alpha", "gamma"}}) {
    draw_figure("training", folder, {{"labels", labels}});
    EXPECT_NE(read_file(folder / "figures" / "training_loss.gp").find(colour), std::string::npos);
  }
}

TEST(Figure, IsDrawnAsWideAndInTheFormatsAskedFor) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  const RunSet runs = load_runs({folder});
  const FigureRequest request{runs, folder / "figures", kPageWidth, {"svg"}};
  const FigureFiles result = figures().find("training").make(request, nlohmann::json::object());
  EXPECT_EQ(result.files.size(), 3U);
  EXPECT_NE(read_file(folder / "figures" / "training_loss.svg").find("width=\"672\""),
            std::string::npos);
}

TEST(Figure, NamesItsStudyBackboneSuiteAndSeeds) {
  const fs::path folder = drawable_runs();
  for (const std::string& name : figures().names()) {
    for (const fs::path& file : draw_figure(name, folder).files) {
      if (file.extension() != ".gp") continue;
      EXPECT_NE(read_file(file).find("trial · tiny · suite planted · seed 0"), std::string::npos)
          << file;
    }
  }
}

TEST(Figure, RanksHoldTheTruthBesideTheChoice) {
  const fs::path folder = drawable_runs();
  const FigureFiles result = draw_figure("ranks", folder, {{"tasks", false}});
  EXPECT_EQ(read_file(result.files.front()),
            "task,label,step,rank,low,high\nmean over tasks,alpha,1,1.5,,\n"
            "mean over tasks,alpha,2,1.75,,\nmean over tasks,alpha,3,1.75,,\n"
            "mean over tasks,alpha,4,1.75,,\nmean over tasks,true rank,1,1.875,,\n"
            "mean over tasks,true rank,4,1.875,,\n");
  EXPECT_EQ(result.notes(), Names{"not drawn, no rank is chosen by task: rate 0.1, rate 0.2"});
}

TEST(Figure, RanksDrawTheTrueOnesOnce) {
  const fs::path folder = test_folder();
  test::RunSpec given = test::planted_run({1, 1, 1, 1}, {1, 1, 1, 1}),
                chosen = test::planted_run({1, 2, 3, 1}, {1, 1, 2, 2});
  given.label = "given";
  given.usage = {test::prefix_usage({1, 2, 3, 1}), test::prefix_usage({2, 2, 1, 3})};
  given.first_usage = given.usage;
  given.evaluations = chosen.evaluations = 3;
  write_run(folder, "a", given);
  const FigureFiles alone = draw_figure("ranks", folder, {{"tasks", false}});
  EXPECT_NE(read_file(alone.files.front()).find(",given,"), std::string::npos);
  write_run(folder, "b", chosen);
  const FigureFiles both = draw_figure("ranks", folder, {{"tasks", false}});
  const std::string csv = read_file(both.files.front());
  EXPECT_EQ(csv.find(",given,"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",alpha,"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",true rank,"), std::string::npos) << csv;
  EXPECT_EQ(both.notes(), Names{"not drawn, its ranks are those of the line 'true rank': given"});
}

TEST(Figure, SweepsCompareTheirPointsWithinSeeds) {
  const fs::path folder = test_folder();
  for (const std::int64_t seed : {0, 1, 2}) {
    for (const double rate : {0.1, 0.2}) {
      test::RunSpec run = test::routed_run(fmt::format("rate {}", rate), rate);
      run.seed = seed;
      // Seeds lie far apart, the two rates always .02.
      const double error = 0.1 * static_cast<double>(seed) + rate / 5;
      run.test_scores = {{"p0", error}, {"p1", error}, {"p2", error}, {"p3", error}};
      write_run(folder, fmt::format("r{}-{}", rate, seed), run);
    }
  }
  const FigureFiles result = draw_figure("sweep", folder);
  EXPECT_EQ(
      read_file(result.files.front()),
      "axis,label,place,mean,low,high,value\noptions.balance_rate,routed,0.1,0.12,0.12,0.12,0.1\n"
      "options.balance_rate,routed,0.2,0.14,0.14,0.14,0.2\n");
  EXPECT_NE(result.captions.begin()->second.find("within-seed interval"), std::string::npos);
}

TEST(Figure, SweepsHoldTheValueOfTheAxis) {
  const FigureFiles result = draw_figure("sweep", drawable_runs());
  EXPECT_EQ(read_file(result.files.front()),
            "axis,label,place,mean,low,high,value\noptions.balance_rate,routed,0.1,0.3,,,0.1\n"
            "options.balance_rate,routed,0.2,0.3,,,0.2\n");
  EXPECT_EQ(result.notes(),
            Names{"not drawn, no other label differs in options.balance_rate alone: alpha"});
}

TEST(Figure, ParetoKeepsWhatIsNotDominated) {
  const FigureFiles result = draw_figure("pareto", drawable_runs());
  const std::string csv = read_file(result.files.front());
  EXPECT_NE(csv.find("active,alpha,600,0.2,,\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("active,not dominated,600,0.2,,\n"), std::string::npos) << csv;
}

TEST(Figure, ParetoTakesFlopsWhereTheyWereCounted) {
  const fs::path folder = test_folder();
  write_run(folder, "a", {.attributes = {{"update_flops_per_token", 5000}}});
  write_run(folder, "b", {.label = "early"});
  const FigureFiles result = draw_figure("pareto", folder, {{"cost", "flops"}});
  EXPECT_NE(read_file(result.files.front()).find("flops,alpha,5000,"), std::string::npos);
  EXPECT_EQ(result.notes().size(), 1U) << "early did not count them";
}

TEST(Figure, OnlyTheLabelsAskedForAreDrawn) {
  const fs::path folder = drawable_runs();
  const auto drawn = [&](const char* name, const char* label) {
    return names(draw_figure(name, folder, {{"labels", {label}}}).files, ".svg");
  };
  EXPECT_EQ(drawn("coactivation", "rate 0.2"), Names{"coactivation_rate_0.2"});
  EXPECT_EQ(drawn("usage", "rate 0.2"), (Names{"usage_rate_0.2", "usage_rate_0.2_sites"}));
  EXPECT_EQ(drawn("clusters", "alpha"), Names{"clusters_alpha_pooled"});
  draw_figure("training", folder, {{"labels", {"alpha"}}});
  EXPECT_EQ(read_file(folder / "figures" / "training_loss.csv").find("rate"), std::string::npos);
}

TEST(Figure, RefusesUnknownOptionsAndRunsWithNothingToDraw) {
  const fs::path folder = test_folder();
  write_run(folder, "a");
  EXPECT_THROW(draw_figure("training", folder, {{"windw", 3}}), Error);
  EXPECT_THROW(draw_figure("usage", folder), Error);
  EXPECT_THROW(draw_figure("clusters", folder), Error);
}

}  // namespace
}  // namespace rankwise::analysis

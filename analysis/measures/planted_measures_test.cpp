#include "analysis/measures/planted_measures.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <set>

namespace rankwise::analysis {
namespace {

MeasureValues measure(const test::RunSpec& spec) {
  return measure_run(RunFile(test::write_run(test_folder(), "a", spec)));
}

/// A run that has every measure: groups of the tasks choose ranks of their own.
test::RunSpec complete_run() {
  test::RunSpec spec = test::planted_run({1, 2, 1, 3}, {1, 1, 3, 3});
  spec.final_record.factors = {{.site = "low",
                                .ranks = 3,
                                .in = 4,
                                .out = 4,
                                .a = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0},
                                .b = {0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0}}};
  const std::size_t tasks = spec.layout.tasks.size();
  const std::size_t pairs = spec.layout.sites.size() * tasks * tasks;
  const std::vector<double> of_task(tasks, 0.5);
  const std::vector<double> of_pair(pairs, 0.5);
  spec.merge = MergeRecord{.models = static_cast<std::int64_t>(tasks),
                           .before = of_task,
                           .after = of_task,
                           .cka = of_task,
                           .cosine = of_pair,
                           .overlap = of_pair,
                           .smallest_angle = of_pair,
                           .mean_angle = of_pair,
                           .interference = std::vector(spec.layout.sites.size(), 1.0)};
  spec.final_record.gradients = {{"low", 2, {1, 0.5, 0.5, 1}}};
  return spec;
}

TEST(PlantedMeasures, HaveNamesOfTheirOwn) {
  std::set<std::string> names, headings;
  for (const Measure& measure : planted_measures()) {
    EXPECT_TRUE(names.insert(measure.name).second) << measure.name;
    EXPECT_TRUE(headings.insert(measure.heading).second) << measure.heading;
    EXPECT_FALSE(measure.meaning.empty()) << measure.name;
  }
}

TEST(PlantedMeasures, AreAllThereInARunThatCanHaveThem) {
  const MeasureValues values = measure(complete_run());
  for (const Measure& measure : planted_measures()) {
    EXPECT_TRUE(values.contains(measure.name)) << measure.name;
  }
  EXPECT_EQ(values.size(), planted_measures().size());
}

TEST(PlantedMeasures, TakeEachValueFromItsPlace) {
  const MeasureValues values = measure(complete_run());
  EXPECT_NEAR(values.at("error_best"), 0.2, 1e-12);
  EXPECT_NEAR(values.at("error_last"), 0.1, 1e-12);
  EXPECT_EQ(values.at("mean_rank"), 2);
  EXPECT_EQ(values.at("mean_rank_first"), 1.75);
  EXPECT_EQ(values.at("mean_rank_change"), 0.25);
  EXPECT_EQ(values.at("rank_one_share"), 0.5);
  EXPECT_EQ(values.at("flips"), 4);
  EXPECT_EQ(values.at("ever_changed"), 0.5);
  // Chosen {1, 1, 3, 3} twice against {1, 2, 3, 1} and {2, 2, 1, 3}.
  EXPECT_EQ(values.at("under"), 3.0 / 8);
  EXPECT_EQ(values.at("equal"), 3.0 / 8);
  EXPECT_EQ(values.at("over"), 2.0 / 8);
  EXPECT_EQ(values.at("ari_k_means_last"), 1);
  EXPECT_EQ(values.at("ari_hierarchical_last"), 1);
  EXPECT_EQ(values.at("silhouette_last"), 1);
  EXPECT_DOUBLE_EQ(values.at("ari_k_means_input_last"), -0.5);
  EXPECT_EQ(values.at("ari_k_means_input_first"), 1);  // {1, 2, 1, 3} follows {0, 1, 0, 1}
  EXPECT_DOUBLE_EQ(values.at("load_max_over_mean"), 4.0 / (8.0 / 3));
  EXPECT_EQ(values.at("dead_ranks"), 0);
}

TEST(PlantedMeasures, ThatARunCanNotHaveAreAbsent) {
  const MeasureValues values = measure({});  // no truth, no ranks, accuracies
  EXPECT_TRUE(values.empty());
  test::RunSpec spec = complete_run();
  spec.layout.truth.reset();
  spec.test_scores.erase("p3");
  const MeasureValues some = measure(spec);
  EXPECT_FALSE(some.contains("error_last"));  // a task without a score
  EXPECT_FALSE(some.contains("tau_b"));
  EXPECT_FALSE(some.contains("ari_k_means_last"));
  EXPECT_FALSE(some.contains("right_recovered"));
  EXPECT_TRUE(some.contains("mean_rank"));
  EXPECT_TRUE(some.contains("load_max_over_mean"));
}

TEST(PlantedMeasures, GradientsAreMeasuredOffTheDiagonal) {
  test::RunSpec spec;
  spec.final_record.gradients = {
      {"layer.0", 3, {4, 1, 0, 1, 1, 0, 0, 0, 0}},  // the third column has no gradient
      {"layer.1", 2, {1, -0.3, -0.3, 1}},
      {"layer.2", 1, {2}}};
  const MeasureValues values = measure(spec);
  EXPECT_DOUBLE_EQ(values.at("gradient_correlation"), (0.5 + 0.3) / 2);
  EXPECT_DOUBLE_EQ(values.at("gradient_covariance"), (1.0 / 3 + 0.3) / 2);
}

TEST(PlantedMeasures, AnUnknownNameListsTheNames) {
  EXPECT_EQ(find_measure("tau_b").heading, "τ-b");
  EXPECT_NE(error_of([] {
              find_measure("kendall");
            }).find("unknown measure 'kendall'; the measures are error_last"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

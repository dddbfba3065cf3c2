#include "analysis/measures/training_curves.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Values = std::vector<double>;

TEST(MovingMean, UsesTheNeighboursThatThereAre) {
  EXPECT_EQ(moving_mean({3, 6, 0, 9}, 3), (Values{4.5, 3, 5, 4.5}));
  EXPECT_EQ(moving_mean({3, 6, 0, 9}, 1), (Values{3, 6, 0, 9}));
}

TEST(TrainingCurves, AverageSeedsAndKeepTheirRange) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.seed = 0, .test_scores = {{"cola", 0.4}}});
  test::write_run(folder, "b", {.seed = 1, .test_scores = {{"cola", 0.8}}});
  const RunGroup group = load_runs({folder}).groups.front();
  const std::vector<ScoreCurve> curves = score_curves(group);
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_EQ(curves[0].metric, "matthews");
  EXPECT_EQ(curves[0].step, (std::vector<std::int64_t>{2, 4}));
  EXPECT_NEAR(curves[0].mean[1], 0.6, 1e-12);
  EXPECT_EQ(curves[0].low[1], 0.4);
  EXPECT_EQ(curves[0].high[1], 0.8);
}

TEST(TrainingCurves, AStepThatOneSeedDidNotReachIsTheMeanOfTheOthers) {
  const auto folder = test_folder();
  test::write_run(folder, "a", {.seed = 0, .steps = 4});
  test::write_run(folder, "b", {.seed = 1, .steps = 2});
  const LossCurve curve = loss_curve(load_runs({folder}).groups.front());
  EXPECT_EQ(curve.step, (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(curve.loss[3], 0.25);  // the generator's loss is 1 / step
}

}  // namespace
}  // namespace rankwise::analysis

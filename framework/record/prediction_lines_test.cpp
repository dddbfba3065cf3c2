#include "framework/record/prediction_lines.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(PredictionLines, GiveClassesAsWholeNumbers) {
  const PredictionRecord record{.task = "boolq",
                                .split = "test",
                                .parameters = "best",
                                .prediction = {1, kNan},
                                .label = {1, 0},
                                .correct = {1, 0}};
  EXPECT_EQ(prediction_count(record), 2U);
  EXPECT_EQ(prediction_line(record, 0).dump(),
            R"({"task":"boolq","split":"test","parameters":"best","index":0,)"
            R"("prediction":1,"label":1,"correct":true})");
  EXPECT_EQ(prediction_line(record, 1)["prediction"], nullptr) << "it has no class";
}

TEST(PredictionLines, GiveVectorsAsLists) {
  const PredictionRecord record{.width = 2, .prediction = {0.5, 1, 2, 3}, .label = {0, 1, 2.5, 3}};
  EXPECT_EQ(prediction_count(record), 2U);
  EXPECT_EQ(prediction_line(record, 1)["label"].dump(), "[2.5,3.0]");
  EXPECT_FALSE(prediction_line(record, 1).contains("correct")) << "real values have no right one";
}

TEST(PredictionLines, GiveTheAnswersOfTheExample) {
  const PredictionRecord record{.prediction = {0, 1},
                                .label = {0, 0},
                                .correct = {1, 0},
                                .answers = {.starts = {0, 2, 3},
                                            .log_probability = {-1.5, -2, -3},
                                            .tokens = {1, 2, 3},
                                            .bytes = {4, 5, 6},
                                            .greedy = {1, 0, 0}}};
  EXPECT_EQ(prediction_line(record, 0)["answers"].dump(),
            R"([{"log_probability":-1.5,"tokens":1,"bytes":4,"greedy":true},)"
            R"({"log_probability":-2.0,"tokens":2,"bytes":5,"greedy":false}])");
  EXPECT_EQ(prediction_line(record, 1)["answers"].size(), 1U);
}

TEST(PredictionLines, SayWhichTextsPassedAsPrograms) {
  PredictionRecord record{
      .prediction = {0, 1},
      .label = {1, 1},
      .generated = {.texts = {"a", "b", "c", "d"}, .references = {{"a"}, {"c"}}}};
  EXPECT_FALSE(prediction_line(record, 1).contains("passed")) << "they were not run";
  record.passed = {0, 0, 0, 1};
  EXPECT_EQ(prediction_line(record, 1)["passed"].dump(), "[false,true]");
}

}  // namespace
}  // namespace rankwise

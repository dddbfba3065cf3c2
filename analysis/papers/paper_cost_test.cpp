#include "analysis/papers/paper_cost.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

const PaperSources kSources{
    .backbones = {{"mini",
                   {.parameters = 1000, .width = 2, .inner = 4, .layers = 3, .vocabulary = 5}}},
    .suites = {{"words", {.rows = {{{"a", {100, 20, 10}}, {"b", {50, 10, 5}}}}}}, {"unknown", {}}}};

StudyFile study(const std::string& train, const std::string& data) {
  const fs::path file = test_folder() / "study.json";
  write_bytes(file, R"({"study": "s", "runs": [{"variant": "lora", "backbone": {"name": "llama",
    "weights": "mini"}, "data": )" +
                        data + R"(, "train": )" + train + "}]}");
  return read_study_file(file);
}

const TaskLengths kLengths{{"a", 8}, {"b", 16}};

TEST(PaperCost, CountsTokensOfTrainingAndEvaluation) {
  const auto cost = paper_cost(study(R"({"epochs": 3, "evaluations": 2, "precision": "bf16"})",
                                     R"({"suite": "words", "dev_rows": 15})"),
                               kSources, kLengths);
  ASSERT_TRUE(cost);
  const double train = 3 * (100 * 8 + 50 * 16);
  const double evaluation = 2 * (8 * (2 * 15 + 2 * 10) + 16 * (2 * 10 + 2 * 5));
  EXPECT_DOUBLE_EQ(cost->operations, 1000 * (4 * train + 2 * evaluation));
  EXPECT_DOUBLE_EQ(cost->hours, cost->operations / kBf16Rate / 3600);
  EXPECT_DOUBLE_EQ(cost->weights_bytes, 2000);
}

TEST(PaperCost, StepsAreCountedByTheLongestText) {
  const auto cost = paper_cost(study(R"({"steps": 7, "batch": 4, "evaluations": 1,
                                         "gradient_checkpointing": true})",
                                     R"({"suite": "words", "tasks": ["a"]})"),
                               kSources, kLengths);
  ASSERT_TRUE(cost);
  EXPECT_DOUBLE_EQ(cost->operations, 1000 * (6 * 7 * 4 * 8 + 2 * 2 * 8 * (20 + 2 * 10)));
  EXPECT_DOUBLE_EQ(cost->rate, kFp32Rate);
  // 32 rows: one block of 20 + 12 numbers, three rows of two, and logits with their gradient.
  EXPECT_DOUBLE_EQ(cost->device_bytes, 4 * 1000 + 32 * (4 * (32 + 3 * 2) + 8 * 5));
}

TEST(PaperCost, IsNotKnownWhereRowsAreNot) {
  EXPECT_FALSE(paper_cost(study("{}", R"({"suite": "unknown"})"), kSources, kLengths));
  EXPECT_FALSE(paper_cost(study("{}", R"({"suite": "other"})"), kSources, kLengths));
}

TEST(PaperCost, ATasksLongestTextIsItsPromptAndItsAnswer) {
  const fs::path file = test_folder() / "suite.json";
  write_bytes(file, R"({"defaults": {"cap": 128, "answer_cap": 10},
    "tasks": [{"name": "a"}, {"name": "b", "cap": 64}]})");
  EXPECT_EQ(task_lengths(file), (TaskLengths{{"a", 138}, {"b", 74}}));
}

}  // namespace
}  // namespace rankwise::analysis

#include "framework/train/budget.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

TrainOptions settled(const json& given) {
  auto options = parse_options<TrainOptions>(given, "train");
  settle(options, given, "train");
  return options;
}

std::string unsettled(const json& given) {
  return error_of([&] { settled(given); });
}

Dataset dataset_of(const std::vector<std::size_t>& sizes) {
  Dataset dataset;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    dataset.tasks.push_back({.task = {.name = fmt::format("t{}", i)}});
    dataset.tasks.back().train.groups.resize(sizes[i] + 1);
  }
  return dataset;
}

TEST(Budget, IsInStepsByDefault) {
  const TrainOptions options = settled(json::object());
  EXPECT_EQ(options.steps, 150);
  EXPECT_EQ(options.sampler.tasks, "proportional");
  EXPECT_EQ(steps_of(options, dataset_of({10})), 150);
}

TEST(Budget, CountsTheStepsOfItsEpochs) {
  const Dataset dataset = dataset_of({10, 7});
  const json two{{"epochs", 2}, {"batch", 4}};
  EXPECT_EQ(steps_of(settled(two), dataset), 2 * (3 + 2));
  json dropped = two;
  dropped["last_batch"] = "drop";
  EXPECT_EQ(steps_of(settled(dropped), dataset), 2 * (2 + 1));
  json mixed = two;
  mixed["sampler"] = {{"mixed", true}};
  EXPECT_EQ(steps_of(settled(mixed), dataset), 2 * 5);
  mixed["last_batch"] = "drop";
  EXPECT_EQ(steps_of(settled(mixed), dataset), 2 * 4);
}

TEST(Budget, MayEndWithinAPass) {
  const json given{{"steps", 5}, {"batch", 4}, {"sampler", {{"tasks", "passes"}}}};
  EXPECT_EQ(steps_of(settled(given), dataset_of({6, 8})), 5);  // a pass has 4
}

TEST(Budget, IsGivenInOneWay) {
  EXPECT_EQ(unsettled({{"steps", 5}, {"epochs", 2}}),
            "train: steps and epochs are both given; make one of them null");
  EXPECT_EQ(unsettled({{"steps", nullptr}}),
            "train: neither steps nor epochs is given; give one of them");
  EXPECT_EQ(unsettled({{"warmup", 0.1}, {"warmup_steps", 2}}),
            "train: warmup and warmup_steps are both given; make one of them null");
  EXPECT_EQ(
      unsettled({{"steps", nullptr}, {"epochs", 2}, {"warmup", nullptr}, {"warmup_steps", 0}}), "");
}

// A resolved config is parsed once more where the run is executed.
TEST(Budget, IsTheSameReadFromItsOwnJson) {
  for (const json& given : {json::object(), json{{"epochs", 2}}, json{{"warmup_steps", 3}},
                            json{{"early_stopping", {{"patience", 2}}}}}) {
    const json resolved = options_to_json(settled(given));
    EXPECT_EQ(options_to_json(settled(resolved)), resolved) << given;
  }
}

TEST(Budget, RefusesSamplersThatMakeNoPass) {
  EXPECT_THAT(
      unsettled({{"epochs", 1}, {"sampler", {{"tasks", "equal"}}}}),
      AllOf(HasSubstr("train.sampler.tasks: 'equal' draws tasks"), HasSubstr("name passes")));
  EXPECT_THAT(unsettled({{"epochs", 1}, {"sampler", {{"replacement", true}}}}),
              HasSubstr("make no exact pass"));
  EXPECT_THAT(unsettled({{"sampler", {{"replacement", true}, {"shuffle", false}}}}),
              HasSubstr("leave one of them out"));
}

TEST(Budget, RefusesEarlyStoppingWithoutPatience) {
  EXPECT_THAT(unsettled({{"early_stopping", {{"min_delta", 0.1}}}}), HasSubstr("has no patience"));
  EXPECT_EQ(unsettled({{"early_stopping", {{"patience", nullptr}}}}), "") << "a sweep may say so";
}

TEST(Budget, RefusesToLoseATask) {
  json given{{"epochs", 1}, {"batch", 8}, {"last_batch", "drop"}};
  EXPECT_THAT(error_of([&] {
                steps_of(settled(given), dataset_of({10, 7}));
              }),
              HasSubstr("nothing of task 't1', which has 7 training examples"));
  given["sampler"] = {{"mixed", true}};
  EXPECT_EQ(steps_of(settled(given), dataset_of({10, 7})), 2);
  EXPECT_THAT(error_of([&] {
                steps_of(settled(given), dataset_of({3, 4}));
              }),
              HasSubstr("nothing of 7 training examples"));
}

TEST(Budget, RefusesEpochsBeyondAnyRun) {
  EXPECT_THAT(error_of([] {
                steps_of(settled({{"epochs", 1'000'000'000}, {"batch", 1}}), dataset_of({2}));
              }),
              HasSubstr("passes of 2 steps are beyond the largest count"));
}

}  // namespace
}  // namespace rankwise

/// For tests: a run that is stopped, and its comparison with an uncut one.
#pragma once

#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/run/parameter_files.h"
#include "framework/run/run.h"

#include <gtest/gtest.h>

#include <string>

namespace rankwise {

/// Asks to stop at the `count`th time it is asked; -1: never.
inline StopRequest stop_at(std::int64_t count) {
  return [left = count]() mutable {
    if (left <= 0) return false;
    --left;
    return left == 0;
  };
}

/// The same in all but times; both kept their last and best parameters. `what` is said on failure.
inline void expect_same(const RunJob& found, const RunJob& expected, const std::string& what) {
  const RunFile one(run_file(found));
  const RunFile two(run_file(expected));
  auto steps = one.steps();
  auto expected_steps = two.steps();
  for (auto* list : {&steps, &expected_steps}) {
    for (StepRecord& step : *list) step.seconds = 0;
  }
  EXPECT_EQ(steps, expected_steps) << what;
  EXPECT_EQ(one.evaluations(), two.evaluations()) << what;
  EXPECT_EQ(one.predictions(), two.predictions()) << what;
  EXPECT_EQ(one.gradients(), two.gradients()) << what;
  for (const char* name : {"best_step", "training_tokens", "evaluation_tokens", "ended_early"}) {
    EXPECT_EQ(one.attributes().value(name, nlohmann::json()),
              two.attributes().value(name, nlohmann::json()))
        << what << ": " << name;
  }
  for (const auto path : {last_parameters_path, best_parameters_path}) {
    EXPECT_EQ(bytes_of(path(run_file(found))), bytes_of(path(run_file(expected)))) << what;
  }
}

}  // namespace rankwise

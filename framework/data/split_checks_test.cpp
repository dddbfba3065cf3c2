#include "framework/data/split_checks.h"

#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

// Two examples of one sequence each.
Split two_examples() {
  return {.tokens = {1, 2, 3},
          .segments = {0, 0, 0},
          .starts = {0, 2, 3},
          .groups = {0, 1, 2},
          .target = {0, 1}};
}

TEST(CheckSplit, AnswersAreOfTasksThatAreAnsweredByLikelihood) {
  const Task task{.name = "task", .kind = TaskKind::kClassify, .classes = 2};
  Split split = two_examples();
  EXPECT_NO_THROW(check_split(split, task, 4, "a"));
  split.answer_starts = {0};  // fewer than there are sequences: whoever reads them reads beyond
  EXPECT_EQ(error_of([&] { check_split(split, task, 4, "a"); }),
            "a: has answers, which a task with a head has not");
}

}  // namespace
}  // namespace rankwise

// Gathered ranks of every instruction set of this machine, against plain loops.

#include "framework/ops/rank_rows_kernel.h"

#include "framework/core/seed.h"
#include "framework/ops/instruction_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace rankwise {
namespace {

constexpr std::int64_t kRows = 4, kWidth = 37;

template <class T>
std::vector<T> drawn(std::size_t count, const char* name) {
  Random random = Seed(4).stream(name).random();
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(random.normal());
  return values;
}

/// Four rows with 0, 1, 9 and 3 of twelve ranks.
template <class T>
struct Lists {
  std::vector<std::int64_t> starts{0, 0, 1, 10, 13};
  std::vector<std::int64_t> ranks{5, 0, 1, 2, 3, 4, 6, 8, 10, 11, 7, 2, 9};
  std::vector<T> values = drawn<T>(13, "values");
  std::vector<T> x = drawn<T>(kRows * kWidth, "x"), matrix = drawn<T>(12 * kWidth, "matrix");

  RankRowsTask<T> task() {
    return {.list = {ranks.data(), values.data(), starts.data(), 0},
            .first = 0,
            .end = kRows,
            .width = kWidth,
            .x = x.data(),
            .x_row = kWidth,
            .matrix = matrix.data(),
            .matrix_row = kWidth};
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::int64_t n = 0; n < kRows; ++n) {
      for (std::int64_t i = starts[n]; i < starts[n + 1]; ++i) {
        for (std::int64_t c = 0; c < kWidth; ++c) visit(i, n * kWidth + c, ranks[i] * kWidth + c);
      }
    }
  }
};

template <class T>
void expect_close(const std::vector<T>& found, const std::vector<T>& exact, double tolerance,
                  const std::string& what) {
  for (std::size_t i = 0; i < exact.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(found[i]), static_cast<double>(exact[i]), tolerance)
        << what << " " << i;
  }
}

template <class T>
void expect_rank_rows(double tolerance) {
  for (const InstructionSet set : instruction_sets()) {
    const InInstructionSet in_set(set);
    const std::string name = "set " + std::to_string(static_cast<int>(set));
    const Lists<T> start;
    Lists<T> dots, spread, collected, exact;
    rank_dots(dots.task());
    exact.values.assign(13, 0);
    start.for_each(
        [&](auto i, auto at, auto of) { exact.values[i] += start.x[at] * start.matrix[of]; });
    expect_close(dots.values, exact.values, 10 * tolerance, name + " dot");
    spread_ranks(spread.task());
    collect_ranks(collected.task());
    start.for_each([&](auto i, auto at, auto of) {
      exact.x[at] += start.values[i] * start.matrix[of];
      exact.matrix[of] += start.values[i] * start.x[at];
    });
    expect_close(spread.x, exact.x, tolerance, name + " spread");
    expect_close(collected.matrix, exact.matrix, tolerance, name + " collect");
  }
}

TEST(RankRowsKernel, IsThatOfPlainLoops) {
  expect_rank_rows<float>(1e-5);
  expect_rank_rows<double>(1e-13);
}

}  // namespace
}  // namespace rankwise

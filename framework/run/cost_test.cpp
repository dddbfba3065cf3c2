// Rates that are fitted to timed parts.

#include "framework/run/cost.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

std::vector<TimedPart> timed(const std::vector<Amounts>& amounts, const Rates& rates) {
  std::vector<TimedPart> parts;
  for (const Amounts& of_part : amounts) parts.push_back({of_part, seconds_of(of_part, rates)});
  return parts;
}

TEST(Cost, FindsTheRatesThatTheTimesWereMadeBy) {
  const Rates rates{0.5, 0.25, 0.001};
  const Rates found = fit_rates(timed({{1, 1, 100}, {1, 1, 300}, {1, 2, 300}, {1, 4, 900}}, rates));
  for (std::size_t i = 0; i < rates.size(); ++i) EXPECT_NEAR(found[i], rates[i], 1e-9) << i;
}

// Each step is one micro-batch: what a step costs beside its rows is told, and not to which of both
// it belongs.
TEST(Cost, IsToldWhereAmountsAlwaysComeTogether) {
  const Rates found = fit_rates({{{1, 1, 100}, 3}, {{1, 1, 300}, 7}});
  EXPECT_NEAR(seconds_of({50, 50, 10000}, found), 50 * 1 + 10000 * 0.02, 1e-9);
}

TEST(Cost, IsNeverNegative) {
  const Rates found = fit_rates({{{1, 0, 100}, 1}, {{1, 0, 200}, 3}});  // by lines: -1 + 0.02 rows
  EXPECT_EQ(found[0], 0);
  EXPECT_EQ(found[1], 0) << "nothing of it was timed";
  EXPECT_NEAR(found[2], (100 * 1 + 200 * 3) / (100.0 * 100 + 200 * 200), 1e-12);
}

TEST(Cost, OfNothingIsNothing) { EXPECT_EQ(fit_rates({}), Rates{}); }

TEST(Cost, AmountsAddUp) { EXPECT_EQ(sum_of({1, 2, 3}, {10, 20, 30}, 2), (Amounts{21, 42, 63})); }

}  // namespace
}  // namespace rankwise

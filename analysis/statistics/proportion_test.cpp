#include "analysis/statistics/proportion.h"

#include "analysis/statistics/test_reference.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(Proportion, HasSciPysExactIntervalAndP) {
  for (const auto& wanted : reference("proportion")) {
    const Proportion share{wanted.at("hits"), wanted.at("trials")};
    const Interval interval = exact_interval(share);
    EXPECT_NEAR(interval.low, wanted.at("low").get<double>(), 1e-9);
    EXPECT_NEAR(interval.high, wanted.at("high").get<double>(), 1e-9);
    EXPECT_NEAR(sign_test_p(share), wanted.at("p").get<double>(), 1e-12);
  }
}

}  // namespace
}  // namespace rankwise::analysis

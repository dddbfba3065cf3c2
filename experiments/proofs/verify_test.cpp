#include "experiments/proofs/proof.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::proofs {
namespace {

TEST(Verify, EveryClaimHolds) {
  for (const Finding& finding : verify()) {
    EXPECT_TRUE(finding.holds()) << finding.claim << ": " << finding.error << " > "
                                 << finding.limit;
  }
}

TEST(Verify, ANanOrALargeErrorFails) {
  EXPECT_TRUE((Finding{.error = 0, .limit = 0}).holds());
  EXPECT_FALSE((Finding{.error = 1e-9, .limit = 1e-10}).holds());
  EXPECT_FALSE((Finding{.error = std::nan(""), .limit = 1}).holds());
}

}  // namespace
}  // namespace rankwise::proofs

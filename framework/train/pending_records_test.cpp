#include "framework/train/pending_records.h"

#include "framework/testing/far_device.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

torch::Tensor losses(double loss, double auxiliary) {
  return torch::tensor({loss, auxiliary}, torch::kFloat64);
}

TEST(PendingRecords, ComeBackInTheirOrderBeyondAsManyAsMayBePending) {
  PendingRecords pending;
  pending.add({.step = 1, .seconds = 2}, losses(0.5, 0.25));
  EXPECT_FALSE(pending.next(1).has_value());
  pending.add({.step = 2}, losses(0.75, 0));
  const auto first = pending.next(1);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->step, 1);
  EXPECT_EQ(first->loss, 0.5);
  EXPECT_EQ(first->auxiliary, 0.25);
  EXPECT_GE(first->seconds, 2);
  EXPECT_FALSE(pending.next(1).has_value());
  EXPECT_EQ(pending.next(0)->step, 2);
  EXPECT_FALSE(pending.next(0).has_value());
}

TEST(PendingRecords, AreReadFromADeviceWithoutAWaitForOthers) {
  RANKWISE_NEED_FAR_DEVICE();
  const torch::Tensor far = losses(0.5, 0.25).to(far_device());
  far_waits().clear();
  PendingRecords pending;
  pending.add({.step = 1}, far);
  EXPECT_EQ(pending.next(0)->auxiliary, 0.25);
  EXPECT_TRUE(far_waits().empty());
}

}  // namespace
}  // namespace rankwise

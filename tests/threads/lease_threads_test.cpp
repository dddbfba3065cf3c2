// Leases of runs taken by several threads of one process, each with the thread that renews it.

#include "framework/io/lease_watch.h"
#include "framework/io/test_files.h"
#include "tests/threads/together.h"

#include <atomic>

namespace rankwise {
namespace {

TEST(LeaseThreads, HoldOneAtATime) {
  constexpr std::size_t kThreads = 4, kTimes = 25;
  const auto path = test_folder() / "a.lock";
  std::atomic<int> holders = 0, most = 0, taken = 0;
  together(kThreads, [&](std::size_t) {
    for (std::size_t i = 0; i < kTimes; ++i) {
      std::optional<Lease> lease;
      while (!lease) lease = Lease::try_take(path);
      const int now = ++holders;
      if (now > most) most = now;
      ++taken;
      LeaseWatch::holder(path);
      --holders;
    }
  });
  EXPECT_EQ(most, 1);
  EXPECT_EQ(taken, static_cast<int>(kThreads * kTimes));
}

TEST(LeaseThreads, AreRenewedWhileTheirHolderSpeaksAndAsks) {
  const auto path = test_folder() / "a.lock";
  ::setenv("RANKWISE_LEASE", "0.5", 1);
  auto lease = Lease::try_take(path);
  ::unsetenv("RANKWISE_LEASE");
  ASSERT_TRUE(lease.has_value());
  for (int step = 0; step < 100; ++step) {
    lease->say({{"step", step}});
    lease->check();
    ::usleep(10000);
  }
  EXPECT_GT(parse_lease_note(bytes_of(path))->beats, 2);
}

TEST(LeaseThreads, WaitUntilTheyAreTold) {
  const auto path = test_folder() / "a.lock";
  const auto held = Lease::try_take(path);
  std::atomic<bool> stop = false;
  std::atomic<int> without = 0;
  together(3, [&](std::size_t i) {
    if (i == 0) {
      stop = true;
    } else if (!LeaseWatch::take(path, [&] { return stop.load(); })) {
      ++without;
    }
  });
  EXPECT_EQ(without, 2);
}

}  // namespace
}  // namespace rankwise

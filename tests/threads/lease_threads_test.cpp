// Leases taken by several threads of one process, each renewed by a thread of its own.

#include "framework/io/lease.h"
#include "framework/io/lease_watch.h"
#include "framework/io/test_files.h"
#include "tests/threads/together.h"

#include <nlohmann/json.hpp>

#include <atomic>

namespace rankwise {
namespace {

TEST(LeaseThreads, HoldOneAtATime) {
  constexpr std::size_t kThreads = 4, kTimes = 50;
  const auto path = test_folder() / "a.lock";
  std::atomic<int> holders = 0, most = 0, taken = 0;
  together(kThreads, [&](std::size_t) {
    for (std::size_t i = 0; i < kTimes; ++i) {
      std::optional<Lease> lease;
      while (!lease) lease = Lease::try_take(path);
      const int now = ++holders;
      if (now > most) most = now;
      ++taken;
      --holders;
    }
  });
  EXPECT_EQ(most, 1);
  EXPECT_EQ(taken, static_cast<int>(kThreads * kTimes));
}

TEST(LeaseThreads, AreRenewedWhileTheyAreAskedAndToldOf) {
  ::setenv("RANKWISE_LEASE", "0.5", 1);
  const auto path = test_folder() / "a.lock";
  auto lease = Lease::try_take(path);
  ASSERT_TRUE(lease.has_value());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  together(3, [&](std::size_t i) {
    for (int step = 0; std::chrono::steady_clock::now() < end; ++step) {
      if (i == 0) lease->check();
      if (i == 1) lease->say({{"step", step}});
      if (i == 2) LeaseWatch::holder(path);
      std::this_thread::yield();
    }
  });
  EXPECT_NO_THROW(lease->check());
  ::unsetenv("RANKWISE_LEASE");
}

TEST(LeaseThreads, WatchesGiveUpWhenTheyAreTold) {
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

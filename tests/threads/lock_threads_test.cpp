// Locks of runs taken by several threads of one process, each through a descriptor of its own.

#include "framework/io/file_lock.h"
#include "framework/io/test_files.h"
#include "tests/threads/together.h"

#include <atomic>

namespace rankwise {
namespace {

TEST(LockThreads, HoldOneAtATime) {
  constexpr std::size_t kThreads = 4, kTimes = 100;
  const auto path = test_folder() / "a.lock";
  std::atomic<int> holders = 0, most = 0, taken = 0;
  together(kThreads, [&](std::size_t) {
    for (std::size_t i = 0; i < kTimes; ++i) {
      std::optional<FileLock> lock;
      while (!lock) lock = FileLock::try_lock(path);
      const int now = ++holders;
      if (now > most) most = now;
      ++taken;
      FileLock::holder(path);
      --holders;
    }
  });
  EXPECT_EQ(most, 1);
  EXPECT_EQ(taken, static_cast<int>(kThreads * kTimes));
}

TEST(LockThreads, WaitUntilTheyAreTold) {
  const auto path = test_folder() / "a.lock";
  const auto held = FileLock::try_lock(path);
  std::atomic<bool> stop = false;
  std::atomic<int> without = 0;
  together(3, [&](std::size_t i) {
    if (i == 0) {
      stop = true;
    } else if (!FileLock::wait(path, [&] { return stop.load(); })) {
      ++without;
    }
  });
  EXPECT_EQ(without, 2);
}

}  // namespace
}  // namespace rankwise

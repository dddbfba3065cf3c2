// A request to stop that reaches one thread while others ask for it.

#include "framework/io/test_files.h"
#include "framework/run/stop_signals.h"
#include "tests/threads/together.h"

#include <csignal>

namespace rankwise {
namespace {

TEST(SignalThreads, AllSeeARequest) {
  const StopSignals signals;
  ASSERT_FALSE(StopSignals::requested());
  together(4, [](std::size_t i) {
    if (i == 0) ::kill(::getpid(), SIGTERM);
    while (!StopSignals::requested()) std::this_thread::yield();
  });
  EXPECT_TRUE(StopSignals::requested());
}

TEST(SignalThreads, HoldRequestsForAChildAtOnce) {
  const StopSignals signals;
  together(4, [](std::size_t) {
    for (int i = 0; i < 100; ++i) {
      const HeldRequests held;
      ::raise(StopSignals::request_signal());
    }
  });
  EXPECT_TRUE(StopSignals::requested());
}

TEST(SignalThreads, EndAtOnceWhereNothingIsToBeSaved) {
  const auto end = [] {
    const StopSignals signals;
    together(2, [](std::size_t i) {
      if (i == 1) {
        ::kill(::getpid(), SIGINT);
        return;
      }
      for (;;) const EndsAtOnce nothing("");
    });
    return 0;
  };
  EXPECT_EQ(in_child(end), kNotDone);
}

}  // namespace
}  // namespace rankwise

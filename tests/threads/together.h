/// Threads that begin at once.
#pragma once

#include <barrier>
#include <cstddef>
#include <thread>
#include <vector>

namespace rankwise {

/// Calls act(i) for each i below `count`, each on a thread of its own, and waits for all.
template <class Act>
void together(std::size_t count, const Act& act) {
  std::barrier begin(static_cast<std::ptrdiff_t>(count));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      act(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace rankwise

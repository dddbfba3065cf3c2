/// Which parts of a run a rehearsal times, and when they are enough.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace rankwise {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Of parts by their size; then the same ones come again.
inline constexpr std::size_t kMostDistinct = 64;

/// Indices below `count` spread evenly, and the more are taken the denser: 1/2, 1/4, 3/4, 1/8, 5/8
/// of it ... (van der Corput's sequence), each once.
std::vector<std::size_t> spread(std::size_t count, std::size_t most);

/// Whether so many parts over so long a time tell a rate, or the time is over.
bool is_enough(std::size_t parts, double passed, double limit);

/// The largest of a kind first, then the others spread over their sizes.
template <class Value, class Size>
std::vector<Value> largest_then_spread(std::vector<Value> values, const Size& size) {
  if (values.empty()) return values;
  std::stable_sort(values.begin(), values.end(),
                   [&](const Value& a, const Value& b) { return size(a) < size(b); });
  std::vector<Value> order{values.back()};
  for (const std::size_t index : spread(values.size(), kMostDistinct)) {
    order.push_back(values[index]);
  }
  return order;
}

}  // namespace rankwise

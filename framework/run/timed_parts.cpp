#include "framework/run/timed_parts.h"

#include <set>

namespace rankwise {

std::vector<std::size_t> spread(std::size_t count, std::size_t most) {
  std::vector<std::size_t> order;
  std::set<std::size_t> seen;
  for (std::size_t i = 1; i < 4 * count && order.size() < most; ++i) {
    double at = 0;
    double half = 0.5;
    for (std::size_t digits = i; digits > 0; digits /= 2, half /= 2) {
      if (digits % 2 == 1) at += half;
    }
    const auto index = static_cast<std::size_t>(at * static_cast<double>(count));
    if (seen.insert(index).second) order.push_back(index);
  }
  return order;
}

bool is_enough(std::size_t parts, double passed, double limit) {
  constexpr std::size_t kEnoughParts = 12;
  constexpr double kEnoughSeconds = 1;
  return passed >= limit || (parts >= kEnoughParts && passed >= kEnoughSeconds);
}

}  // namespace rankwise

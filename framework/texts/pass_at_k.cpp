#include "framework/texts/pass_at_k.h"

#include "framework/core/error.h"

namespace rankwise {

double pass_at_k(std::int64_t samples, std::int64_t right, std::int64_t k) {
  check(right >= 0 && right <= samples, "pass@{}: {} of {} samples pass, expected 0 to {}", k,
        right, samples, samples);
  check(k >= 1 && k <= samples, "pass@{} of {} samples; expected k from 1 to {}", k, samples,
        samples);
  if (samples - right < k) return 1;
  double none = 1;  // the binomials' quotient, factor by factor: each is below 1
  for (std::int64_t i = samples - right + 1; i <= samples; ++i) {
    none *= 1 - static_cast<double>(k) / static_cast<double>(i);
  }
  return 1 - none;
}

}  // namespace rankwise

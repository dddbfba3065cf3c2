#include "framework/texts/pass_at_k.h"

#include "framework/core/error.h"
#include "framework/core/metrics.h"

#include <algorithm>
#include <numeric>

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

std::string pass_at_k_name(std::int64_t k) { return fmt::format("pass_at_{}", k); }

namespace {

// [G]
std::vector<double> of_examples(const Scored& scored, std::int64_t k) {
  const std::size_t examples = scored.label.size();
  const auto samples = static_cast<std::ptrdiff_t>(scored.passed.size() / examples);
  std::vector<double> chances;
  for (auto first = scored.passed.begin(); first != scored.passed.end(); first += samples) {
    chances.push_back(pass_at_k(samples, std::count(first, first + samples, 1), k));
  }
  return chances;
}

double mean_chance(const Scored& scored, std::int64_t k) {
  const std::vector<double> chances = of_examples(scored, k);
  return std::accumulate(chances.begin(), chances.end(), 0.0) / static_cast<double>(chances.size());
}

// One for each k.
struct RegisterPassAtK {
  RegisterPassAtK() {
    for (const std::int64_t k : kPassAtK) {
      const Metric metric{
          .summary = fmt::format("chance that one of {} generated programs passes its tests", k),
          .targets = Targets::kPrograms,
          .score = [k](const Scored& scored) { return mean_chance(scored, k); },
          .of_examples = [k](const Scored& scored) { return of_examples(scored, k); }};
      const RegisterMetric registration(pass_at_k_name(k), metric);
    }
  }
};

const RegisterPassAtK registration;

}  // namespace

}  // namespace rankwise

#include "framework/core/seed.h"

#include "framework/core/hash.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

namespace rankwise {

Random::Random(std::uint64_t key, std::uint64_t position) : key_{{key, 0}}, position_(position) {}

std::uint64_t Random::bits() {
  const r123::Philox4x64::ctr_type counter{{position_ / 4, 0, 0, 0}};
  return philox_(counter, key_)[position_++ % 4];
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

std::uint64_t Random::index(std::uint64_t count) {
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % count;
  std::uint64_t draw = bits();
  while (draw >= limit) draw = bits();
  return draw % count;
}

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::size_t Random::choice(const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double left = uniform() * total;
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.size() - 1;
}

Seed Seed::stream(std::string_view name) const {
  const std::string digest = sha256(std::to_string(value_) + "/" + std::string(name));
  return Seed(std::stoull(digest.substr(0, 16), nullptr, 16));
}

Seed Seed::stream(std::uint64_t number) const {
  // SplitMix64's finaliser: cheap, and a bijection for each parent.
  std::uint64_t mixed = value_ + (number + 1) * 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return Seed(mixed ^ (mixed >> 31));
}

}  // namespace rankwise

/// Randomness by name: every random draw comes from a stream derived from the run's seed.
#pragma once

#include <Random123/philox.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace rankwise {

/// Draws from one stream: Philox 4x64 in counter mode (Salmon et al., SC 2011). The same stream
/// gives the same numbers on every platform; its whole state is `position()`.
class Random {
 public:
  explicit Random(std::uint64_t key, std::uint64_t position = 0);

  std::uint64_t bits();
  /// Uniform in [0, 1) with 53 bits.
  double uniform();
  /// Uniform in {0, ..., count - 1}, without modulo bias; `count` > 0.
  std::uint64_t index(std::uint64_t count);
  /// Standard normal (Box-Muller, one value a call).
  double normal();
  /// Index i with probability weights[i] / sum of weights.
  std::size_t choice(const std::vector<double>& weights);

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[index(i)]);
  }

  std::uint64_t position() const { return position_; }

 private:
  r123::Philox4x64 philox_;
  r123::Philox4x64::key_type key_;
  std::uint64_t position_;
};

/// A node in the tree of named streams. `seed.stream("data")` never depends on what else was drawn.
class Seed {
 public:
  explicit Seed(std::uint64_t value) : value_(value) {}

  Seed stream(std::string_view name) const;
  Seed stream(std::uint64_t number) const;
  Random random() const { return Random(value_); }
  /// For generators of other libraries.
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

}  // namespace rankwise

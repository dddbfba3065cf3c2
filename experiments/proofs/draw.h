/// Random shapes and values of one trial, and pairs that share them.
#pragma once

#include "framework/adapter/one_site.h"
#include "framework/adapter/random_tensor.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::proofs {

inline const torch::TensorOptions kFp64 = torch::TensorOptions().dtype(torch::kFloat64);

class Draw {
 public:
  explicit Draw(const Seed& seed) : seed_(seed), random_(seed.stream("shape").random()) {}

  /// Uniform in {low, ..., high}.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.index(static_cast<std::uint64_t>(high - low + 1)));
  }
  /// Standard normal; a new draw at every call.
  torch::Tensor normal(const std::vector<std::int64_t>& sizes) {
    return normal_tensor(sizes, 1, seed_.stream("value").stream(next_++), kFp64);
  }
  std::vector<std::int32_t> tasks_of_rows(std::int64_t rows, std::int64_t tasks) {
    std::vector<std::int32_t> chosen;
    for (std::int64_t i = 0; i < rows; ++i) {
      chosen.push_back(static_cast<std::int32_t>(between(0, tasks - 1)));
    }
    return chosen;
  }

  /// A site of random widths, with a random frozen weight.
  OneSite::Shape site() {
    OneSite::Shape shape{.in = between(2, 12), .out = between(2, 12), .tasks = between(1, 5)};
    shape.weight = normal({shape.out, shape.in});
    return shape;
  }
  /// Sets every parameter and floating buffer of the update to a new draw.
  void fill(OneSite& site) {
    for (const auto& item : site.update().named_parameters()) {
      site.set(item.key(), normal(item.value().sizes().vec()));
    }
  }

 private:
  Seed seed_;
  Random random_;
  std::uint64_t next_ = 0;
};

inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace rankwise::proofs

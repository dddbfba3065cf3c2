#include "framework/ops/top_k.h"

#include "framework/core/switches.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/top_k_kernel.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace rankwise {

namespace {

const Switch top_k_switch("own-top-k",
                          "the k largest of each row by counting those before each "
                          "score, of rows beyond 64 by "
                          "one pass that keeps the best so far; without: by LibTorch's topk");

constexpr std::int64_t kWidestOnDevice = 1024;  // a device compares each score with all of its row
constexpr std::int64_t kMost = 64;        // of k: every replacement looks through the kept ones
constexpr std::int64_t kTopKGrain = 256;  // rows that are worth a thread

/// The best k of a row so far, in any order, and which of them is the first to go: the least, of
/// equal ones the one with the highest index.
template <class T>
class Best {
 public:
  Best(const T* scores, std::int64_t k, std::int64_t* kept) : scores_(scores), kept_(kept), k_(k) {
    for (std::int64_t i = 0; i < k; ++i) put(i, i);
    find_least();
  }

  void offer(std::int64_t index) {
    if (!(rank_of(index) > value_[least_])) return;
    put(least_, index);
    find_least();
  }

 private:
  T rank_of(std::int64_t index) const {
    const T score = scores_[index];
    return std::isnan(score) ? std::numeric_limits<T>::infinity() : score;
  }
  void put(std::int64_t place, std::int64_t index) {
    kept_[place] = index;
    value_[place] = rank_of(index);
  }
  void find_least() {
    least_ = 0;
    for (std::int64_t i = 1; i < k_; ++i) {
      const bool lower = value_[i] < value_[least_];
      if (lower || (value_[i] == value_[least_] && kept_[i] > kept_[least_])) least_ = i;
    }
  }

  const T* scores_;
  std::int64_t* kept_;
  std::int64_t k_, least_ = 0;
  std::array<T, kMost> value_;
};

template <class T>
void choose(const at::Tensor& scores, std::int64_t k, at::Tensor& chosen) {
  const std::int64_t rows = scores.size(0), width = scores.size(1);
  const T* score = scores.const_data_ptr<T>();
  auto* index = chosen.data_ptr<std::int64_t>();
  if (width <= CountingTopK<T>::kWidest) {
    run_kernel(CountingTopK<T>{score, width, k, index}, rows, width);
    return;
  }
  at::parallel_for(0, rows, kTopKGrain, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t n = first; n < end; ++n) {
      Best<T> best(score + n * width, k, index + n * k);
      for (std::int64_t r = k; r < width; ++r) best.offer(r);
    }
  });
}

at::Tensor largest_on(const DeviceKernels& device, const at::Tensor& scores, std::int64_t k) {
  const at::Tensor rows = as_rows(scores);
  const at::Tensor chosen = at::empty({rows.size(0), k}, rows.options().dtype(torch::kInt64));
  device.kernels.top_k({.shape = shape_of(rows),
                        .k = k,
                        .scores = rows_in(rows),
                        .chosen = chosen.data_ptr<std::int64_t>()},
                       device.stream(rows));
  return chosen;
}

}  // namespace

at::Tensor largest_indices(const at::Tensor& scores, std::int64_t k) {
  const DeviceKernels* device = device_kernels(scores);
  if (top_k_switch && device && k >= 1 && k <= scores.size(1) &&
      scores.size(1) <= kWidestOnDevice) {
    return largest_on(*device, scores, k);
  }
  const at::ScalarType type = scores.scalar_type();
  const bool known = type == torch::kFloat32 || type == torch::kFloat64;
  if (!top_k_switch || !known || !scores.is_cpu() || k < 1 || k > kMost || k > scores.size(1)) {
    return std::get<1>(scores.topk(k, /*dim=*/1, /*largest=*/true, /*sorted=*/false));
  }
  at::Tensor chosen = at::empty({scores.size(0), k}, scores.options().dtype(torch::kInt64));
  const at::Tensor rows = scores.contiguous();
  AT_DISPATCH_FLOATING_TYPES(type, "largest_indices", [&] { choose<scalar_t>(rows, k, chosen); });
  return chosen;
}

}  // namespace rankwise

#include "framework/ops/benchmarks/roofline.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/types.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <vector>

namespace rankwise {

namespace {

// Of this process's only thread, as google/benchmark counts for rates: what else runs on the
// machine is not in it.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Median time of one call, after one that is not counted.
double seconds_of(const std::function<void()>& run) {
  constexpr int kCalls = 15;
  run();
  std::vector<double> seconds;
  for (int i = 0; i < kCalls; ++i) {
    const double begin = processor_seconds();
    run();
    seconds.push_back(processor_seconds() - begin);
  }
  std::nth_element(seconds.begin(), seconds.begin() + kCalls / 2, seconds.end());
  return seconds[kCalls / 2];
}

// y = x Wᵀ by oneDNN, which on AMD's processors is more than twice as fast as MKL, LibTorch's usual
// choice; not in every build of LibTorch.
std::function<void()> product_of_onednn(const torch::Tensor& x, const torch::Tensor& w) {
  const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
  if (!found) return {};
  return [x, w, op = *found] {
    c10::Stack arguments{x, w, c10::IValue(), "none", c10::List<std::optional<at::Scalar>>(), ""};
    op.callBoxed(arguments);
  };
}

Roofline measured() {
  constexpr std::int64_t kRows = 2048, kIn = 384, kOut = 1536, kCopied = 1 << 24;
  const torch::Tensor x = torch::randn({kRows, kIn}), w = torch::randn({kOut, kIn});
  torch::Tensor y = torch::empty({kRows, kOut});
  double product = seconds_of([&] { at::mm_out(y, x, w.t()); });
  if (const auto other = product_of_onednn(x, w)) product = std::min(product, seconds_of(other));
  const torch::Tensor from = torch::randn({kCopied});
  torch::Tensor to = torch::empty({kCopied});
  const double copy = seconds_of([&] { to.copy_(from); });
  return {.flops = 2.0 * kRows * kIn * kOut / product,
          .bytes = 2.0 * kCopied * sizeof(float) / copy};
}

}  // namespace

const Roofline& roofline() {
  static const Roofline roof = measured();
  return roof;
}

void count(benchmark::State& state, const Work& work) {
  const auto each_second = [](double of_a_call) {
    return benchmark::Counter(of_a_call, benchmark::Counter::kIsIterationInvariantRate);
  };
  const double bytes = work.values * sizeof(float);
  const double least = std::max(work.flops / roofline().flops, bytes / roofline().bytes);
  if (work.flops > 0) state.counters["GFLOP/s"] = each_second(work.flops / 1e9);
  state.counters["GB/s"] = each_second(bytes / 1e9);
  state.counters["roof"] = each_second(least);
}

}  // namespace rankwise

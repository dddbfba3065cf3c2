#include "framework/ops/benchmarks/roofline.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
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

double product_rate(c10::ScalarType type) {
  constexpr std::int64_t kRows = 2048, kIn = 384, kOut = 1536;
  const torch::Tensor x = torch::randn({kRows, kIn}).to(type);
  const torch::Tensor w = torch::randn({kOut, kIn}).to(type);
  torch::Tensor y = torch::empty({kRows, kOut}, x.options());
  double seconds = seconds_of([&] { at::mm_out(y, x, w.t()); });
  // LibTorch itself takes oneDNN for bf16.
  const auto other = type == c10::kFloat ? product_of_onednn(x, w) : std::function<void()>();
  if (other) seconds = std::min(seconds, seconds_of(other));
  const double rate = 2.0 * kRows * kIn * kOut / seconds;
  // oneDNN has no product in fp64, and MKL may be slow at it; vectors hold half as many of them.
  return type == c10::kDouble ? std::max(rate, roofline(c10::kFloat).flops / 2) : rate;
}

double copy_rate() {
  constexpr std::int64_t kCopied = 1 << 24;
  const torch::Tensor from = torch::randn({kCopied});
  torch::Tensor to = torch::empty({kCopied});
  return 2.0 * kCopied * sizeof(float) / seconds_of([&] { to.copy_(from); });
}

}  // namespace

const Roofline& roofline(c10::ScalarType type) {
  static const double bytes = copy_rate();
  static std::map<c10::ScalarType, Roofline> measured;
  const auto found = measured.find(type);
  if (found != measured.end()) return found->second;
  return measured[type] = {.flops = product_rate(type), .bytes = bytes};
}

void add_roofline() {
  const auto add = [](const char* name, double rate) {
    benchmark::AddCustomContext(name, fmt::format("{:.1f}", rate / 1e9));
  };
  add("product_fp32_gflops", roofline(c10::kFloat).flops);
  add("product_fp64_gflops", roofline(c10::kDouble).flops);
  add("product_bf16_gflops", roofline(c10::kBFloat16).flops);
  add("copy_gbytes", roofline(c10::kFloat).bytes);
}

void count(benchmark::State& state, const Work& work) {
  const auto each_second = [](double of_a_call) {
    return benchmark::Counter(of_a_call, benchmark::Counter::kIsIterationInvariantRate);
  };
  const Roofline& roof = roofline(work.type);
  const double bytes = work.values * static_cast<double>(c10::elementSize(work.type));
  const double least = std::max(work.flops / roof.flops, bytes / roof.bytes);
  if (work.flops > 0) state.counters["GFLOP/s"] = each_second(work.flops / 1e9);
  state.counters["GB/s"] = each_second(bytes / 1e9);
  state.counters["roof"] = each_second(least);
}

}  // namespace rankwise

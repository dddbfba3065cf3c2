#include "framework/ops/benchmarks/timed_ops.h"

#include <torch/csrc/autograd/autograd.h>

namespace rankwise {

torch::Tensor leaf(at::IntArrayRef sizes) { return torch::randn(sizes).requires_grad_(); }

double values_of(const torch::Tensor& tensor) { return static_cast<double>(tensor.numel()); }

namespace {

void time_forward(benchmark::State& state, const TimedOp& op) {
  for (auto _ : state) benchmark::DoNotOptimize(op.forward());
  count(state, op.forward_work);
}

void time_backward(benchmark::State& state, const TimedOp& op) {
  const torch::Tensor y = op.forward();
  const torch::Tensor dy = torch::randn_like(y);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        torch::autograd::grad({y}, op.inputs, {dy}, /*retain_graph=*/true, /*create_graph=*/false));
  }
  count(state, op.backward_work);
}

}  // namespace

void add_op(const std::string& name, const BatchShape& shape, const MakeOp& make) {
  const std::string root = name + "/" + shape.name;
  benchmark::RegisterBenchmark((root + "/forward").c_str(), [=](benchmark::State& state) {
    time_forward(state, make(shape));
  })->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark((root + "/backward").c_str(), [=](benchmark::State& state) {
    time_backward(state, make(shape));
  })->Unit(benchmark::kMicrosecond);
}

void add_forward_op(const std::string& name, const BatchShape& shape, const MakeOp& make) {
  benchmark::RegisterBenchmark((name + "/" + shape.name).c_str(), [=](benchmark::State& state) {
    const torch::NoGradGuard no_gradients;
    time_forward(state, make(shape));
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace rankwise

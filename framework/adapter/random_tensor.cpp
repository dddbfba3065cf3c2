#include "framework/adapter/random_tensor.h"

#include "framework/data/upload.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <cmath>

namespace rankwise {

namespace {

at::Generator generator(const Seed& seed, const torch::Device& device) {
  if (device.is_cpu()) return at::detail::createCPUGenerator(seed.value());
  at::Generator made = at::globalContext()
                           .getAcceleratorHooksInterface(device.type())
                           .getNewGenerator(device.index());
  made.set_current_seed(seed.value());
  return made;
}

// What is drawn for the meta device, which has shapes and no values, needs no memory either.
torch::Tensor host_tensor(at::IntArrayRef sizes, const torch::TensorOptions& options) {
  return torch::empty(sizes, torch::TensorOptions()
                                 .dtype(torch::kFloat64)
                                 .device(options.device().is_meta() ? torch::kMeta : torch::kCPU));
}

torch::Tensor placed(const torch::Tensor& drawn, const torch::TensorOptions& options) {
  return drawn.is_meta() ? drawn.to(options) : sent(drawn, options);
}

}  // namespace

torch::Tensor uniform_tensor(at::IntArrayRef sizes, double bound, const Seed& seed,
                             const torch::TensorOptions& options) {
  return placed(host_tensor(sizes, options).uniform_(-bound, bound, generator(seed, torch::kCPU)),
                options);
}

torch::Tensor normal_tensor(at::IntArrayRef sizes, double stddev, const Seed& seed,
                            const torch::TensorOptions& options) {
  return placed(host_tensor(sizes, options).normal_(0, stddev, generator(seed, torch::kCPU)),
                options);
}

torch::Tensor gumbel_tensor(at::IntArrayRef sizes, const Seed& seed,
                            const torch::TensorOptions& options) {
  const torch::Tensor uniform = host_tensor(sizes, options)
                                    .uniform_(0, 1, generator(seed, torch::kCPU))
                                    .clamp_(1e-12, 1 - 1e-12);
  return placed(-torch::log(-torch::log(uniform)), options);
}

torch::Tensor linear_init(std::int64_t out, std::int64_t fan_in, const Seed& seed,
                          const torch::TensorOptions& options) {
  return uniform_tensor({out, fan_in}, 1 / std::sqrt(static_cast<double>(fan_in)), seed, options);
}

torch::Tensor dropout_mask(const torch::Tensor& like, double rate, const Seed& seed) {
  return torch::empty_like(like)
      .bernoulli_(1 - rate, generator(seed, like.device()))
      .div_(1 - rate);
}

}  // namespace rankwise

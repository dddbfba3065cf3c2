#include "framework/ops/norm_gradient.h"

#include "framework/ops/device_kernels.h"
#include "framework/ops/row_kernel.h"

#include <ATen/Dispatch.h>
#include <torch/types.h>

namespace rankwise {

namespace {

template <class S, bool kCentred>
struct NormGradientKernel {
  using T = ComputedIn<S>;

  std::int64_t width;
  const S *rows, *d_out;
  const S* d_sum;  // null: none
  const T *scale, *weight;
  S* d_x;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; ++i) differentiate<kBytes>(i);
  }

 private:
  template <int kBytes>
  RANKWISE_INLINE void differentiate(std::int64_t i) const {
    using V = Vector<T, kBytes>;
    const std::int64_t first = i * width;
    const auto weighted = [&](std::int64_t j, std::int64_t left) RANKWISE_STEP {
      return V(read<S, kBytes>(d_out + first + j, left) * read<T, kBytes>(weight + j, left));
    };
    Chains<T, kBytes> sums, products;
    const auto add = [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
      const V g = weighted(j, left);
      if constexpr (kCentred) sums.vectors[chain] += g;
      products.vectors[chain] += g * read<S, kBytes>(rows + first + j, left);
    };
    for_each_vector<T, kBytes>(0, width, add);
    const T mean = kCentred ? sums.sum() / static_cast<T>(width) : T(0);
    const T factor = scale[i], of_rows = kCentred ? T(1) : factor * factor;
    const T along = of_rows * (products.sum() / static_cast<T>(width));
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V rest = weighted(j, left) - mean - read<S, kBytes>(rows + first + j, left) * along;
      V gradient = factor * rest;
      if (d_sum != nullptr) gradient += read<S, kBytes>(d_sum + first + j, left);
      write<S, kBytes>(d_x + first + j, left, gradient);
    };
    for_each_vector<T, kBytes>(0, width, step);
  }
};

template <bool kCentred>
at::Tensor gradient_of(const NormGradient& given) {
  const at::Tensor d_x = at::empty_like(given.rows);
  if (const DeviceKernels* on_device = device_kernels(d_x)) {
    const device::NormGradient gradient{.shape = shape_of(d_x),
                                        .weights = stored_as(given.weight),
                                        .rows = rows_in(given.rows),
                                        .d_out = rows_in(given.d_out),
                                        .d_sum = rows_in(given.d_sum),
                                        .scale = data_of(given.scale),
                                        .weight = data_of(given.weight),
                                        .d_x = rows_out(d_x)};
    const auto run =
        kCentred ? on_device->kernels.layer_norm_gradient : on_device->kernels.rms_norm_gradient;
    run(gradient, on_device->stream(d_x));
    return d_x;
  }
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, d_x.scalar_type(), "norm_gradient", [&] {
    using Kernel = NormGradientKernel<scalar_t, kCentred>;
    using T = Kernel::T;
    run_kernel(Kernel{.width = given.weight.numel(),
                      .rows = given.rows.data_ptr<scalar_t>(),
                      .d_out = given.d_out.data_ptr<scalar_t>(),
                      .d_sum = data_or_null<scalar_t>(given.d_sum),
                      .scale = given.scale.data_ptr<T>(),
                      .weight = given.weight.data_ptr<T>(),
                      .d_x = d_x.data_ptr<scalar_t>()},
               given.scale.numel(), given.weight.numel());
  });
  return d_x;
}

}  // namespace

at::Tensor NormGradient::of_layer_norm() const { return gradient_of</*kCentred=*/true>(*this); }

at::Tensor NormGradient::of_rms_norm() const { return gradient_of</*kCentred=*/false>(*this); }

}  // namespace rankwise

#include "framework/ops/attention_kernel.h"

#include "framework/adapter/random_tensor.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

// Two heads in a wider row, so that strides matter.
struct Shape {
  std::int64_t rows, width, stride = 0;
  bool causal = false;
};

struct Result {
  Tensor out, d_q, d_k, d_v;
};

Tensor draw(const Shape& shape, const std::string& name, double stddev = 1) {
  return normal_tensor({shape.rows, shape.stride}, stddev, Seed(7).stream(name), torch::kFloat64);
}

Result by_autograd(const Shape& shape, const Tensor& q, const Tensor& k, const Tensor& v,
                   const Tensor& d_out) {
  const auto part = [&](const Tensor& t) {
    return t.slice(1, 0, shape.width).clone().requires_grad_();
  };
  const Tensor a = part(q), b = part(k), c = part(v);
  Tensor scores = a.mm(b.t()) / std::sqrt(static_cast<double>(shape.width));
  if (shape.causal) {
    const Tensor later = torch::ones_like(scores, torch::kBool).triu(1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  const Tensor out = torch::softmax(scores, 1).mm(c);
  out.backward(d_out.slice(1, 0, shape.width));
  return {out.detach(), a.grad(), b.grad(), c.grad()};
}

template <class T>
Result by_kernel(const AttentionKernel<T>& kernel, const Shape& shape, const Tensor& q,
                 const Tensor& k, const Tensor& v, const Tensor& d_out) {
  const torch::ScalarType type = torch::CppTypeToScalarType<T>::value;
  const auto as_type = [&](const Tensor& t) { return t.to(type).contiguous(); };
  const Tensor a = as_type(q), b = as_type(k), c = as_type(v), d = as_type(d_out);
  const Tensor log_sum = torch::empty({shape.rows}, type);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto written = [&] { return torch::full({shape.rows, shape.stride}, nan, type); };
  Result result{written(), written(), written(), written()};
  const AttentionHead<T> head{.rows = shape.rows,
                              .width = shape.width,
                              .stride = shape.stride,
                              .kv_stride = shape.stride,
                              .scale = static_cast<T>(1 / std::sqrt(double(shape.width))),
                              .causal = shape.causal,
                              .q = a.data_ptr<T>(),
                              .k = b.data_ptr<T>(),
                              .v = c.data_ptr<T>(),
                              .log_sum = log_sum.data_ptr<T>(),
                              .out = result.out.data_ptr<T>(),
                              .d_out = d.data_ptr<T>(),
                              .d_q = result.d_q.data_ptr<T>(),
                              .d_k = result.d_k.data_ptr<T>(),
                              .d_v = result.d_v.data_ptr<T>()};
  std::vector<T> scratch(3, std::numeric_limits<T>::quiet_NaN());
  kernel.forward(head, scratch);
  kernel.backward(head, scratch);
  return result;
}

void expect_near(const Tensor& ours, const Tensor& expected, const Shape& shape, double tolerance,
                 const std::string& what) {
  const Tensor head = ours.slice(1, 0, shape.width).to(torch::kFloat64);
  const double scale = std::max(1.0, expected.abs().max().item<double>());
  EXPECT_LE((head - expected).abs().max().item<double>(), tolerance * scale)
      << what << ", " << shape.rows << " rows of " << shape.width;
  EXPECT_TRUE(ours.slice(1, shape.width).isnan().all().item<bool>()) << what << " beyond the head";
}

template <class T>
void expect_attention(double tolerance) {
  for (const AttentionKernel<T>& kernel : attention_kernels<T>()) {
    SCOPED_TRACE(kernel.name);
    for (const Shape& shape : {Shape{1, 1, 2},
                               {2, 3, 7},
                               {5, 32, 64},
                               {31, 8, 9},
                               {32, 16, 33},
                               {33, 64, 65},
                               {70, 5, 11},
                               {129, 33, 40},
                               {1, 4, 5, true},
                               {31, 8, 9, true},
                               {33, 64, 65, true},
                               {129, 33, 40, true}}) {
      const Tensor q = draw(shape, "q"), k = draw(shape, "k"), v = draw(shape, "v"),
                   d_out = draw(shape, "d_out");
      const Result expected = by_autograd(shape, q, k, v, d_out);
      const Result ours = by_kernel(kernel, shape, q, k, v, d_out);
      expect_near(ours.out, expected.out, shape, tolerance, "out");
      expect_near(ours.d_q, expected.d_q, shape, tolerance, "d_q");
      expect_near(ours.d_k, expected.d_k, shape, tolerance, "d_k");
      expect_near(ours.d_v, expected.d_v, shape, tolerance, "d_v");
    }
  }
}

TEST(AttentionKernel, IsAttentionInDoublePrecision) { expect_attention<double>(1e-13); }

TEST(AttentionKernel, IsAttentionInSinglePrecision) { expect_attention<float>(3e-6); }

TEST(AttentionKernel, ScoresFarApartLeaveOneRow) {
  const Shape shape{40, 16, 16};
  const Tensor q = draw(shape, "q", 30), k = draw(shape, "k", 30), v = draw(shape, "v"),
               d_out = draw(shape, "d_out");
  const Result expected = by_autograd(shape, q, k, v, d_out);
  for (const auto& kernel : attention_kernels<float>()) {
    const Result ours = by_kernel(kernel, shape, q, k, v, d_out);
    // Scores of a thousand keep four digits behind the point in single precision.
    expect_near(ours.out, expected.out, shape, 1e-3, kernel.name);
    EXPECT_TRUE(ours.d_q.isfinite().all().item<bool>());
  }
}

TEST(AttentionKernel, WhatIsNotANumberStays) {
  const Shape shape{20, 16, 16};
  const Tensor q = draw(shape, "q"), k = draw(shape, "k"), v = draw(shape, "v"),
               d_out = draw(shape, "d_out");
  q[3][2] = std::numeric_limits<double>::quiet_NaN();
  for (const auto& kernel : attention_kernels<float>()) {
    const Result ours = by_kernel(kernel, shape, q, k, v, d_out);
    EXPECT_TRUE(ours.out[3].isnan().all().item<bool>()) << kernel.name;
    EXPECT_FALSE(ours.out[4].isnan().any().item<bool>()) << kernel.name;
    EXPECT_TRUE(ours.d_k.isnan().all().item<bool>()) << kernel.name;
  }
}

}  // namespace
}  // namespace rankwise

#include "framework/ops/attention_kernel.h"

#include "framework/adapter/random_tensor.h"

#include <fmt/format.h>
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
  std::int64_t others = 0;  // rows of k and v; 0: as many
  bool biased = false;

  std::int64_t kv_rows() const { return others == 0 ? rows : others; }
};

// What a head is given, of normal numbers, in double.
struct Given {
  explicit Given(const Shape& shape, double stddev = 1)
      : q(draw(shape.rows, shape.stride, "q", stddev)),
        k(draw(shape.kv_rows(), shape.stride, "k", stddev)),
        v(draw(shape.kv_rows(), shape.stride, "v", 1)),
        d_out(draw(shape.rows, shape.stride, "d_out", 1)),
        bias(draw(1, shape.rows + shape.kv_rows() - 1, "bias", 1)[0]) {}

  static Tensor draw(std::int64_t rows, std::int64_t columns, const char* name, double stddev) {
    return normal_tensor({rows, columns}, stddev, Seed(7).stream(name), torch::kFloat64);
  }

  // As rows of this type hold it, in double again.
  Given rounded_to(torch::ScalarType type) const {
    Given rounded = *this;
    for (Tensor* tensor : {&rounded.q, &rounded.k, &rounded.v, &rounded.d_out}) {
      *tensor = tensor->to(type).to(torch::kFloat64);
    }
    return rounded;
  }

  Tensor q, k, v, d_out;
  Tensor bias;  // of distances from 1 - rows on
};

struct Result {
  Tensor out, d_q, d_k, d_v;
};

Result by_autograd(const Shape& shape, const Given& given) {
  const auto part = [&](const Tensor& t) {
    return t.slice(1, 0, shape.width).clone().requires_grad_();
  };
  const Tensor a = part(given.q), b = part(given.k), c = part(given.v);
  Tensor scores = a.mm(b.t()) / std::sqrt(static_cast<double>(shape.width));
  if (shape.biased) {
    const Tensor distance =
        torch::arange(shape.kv_rows()) - torch::arange(shape.rows).unsqueeze(1) + shape.rows - 1;
    scores = scores + given.bias.index({distance});
  }
  if (shape.causal) {
    const Tensor later = torch::ones_like(scores, torch::kBool).triu(1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  const Tensor out = torch::softmax(scores, 1).mm(c);
  out.backward(given.d_out.slice(1, 0, shape.width));
  return {out.detach(), a.grad(), b.grad(), c.grad()};
}

template <class S>
Result by_kernel(const AttentionKernel<S>& kernel, const Shape& shape, const Given& given) {
  using T = ComputedIn<S>;
  const torch::ScalarType type = torch::CppTypeToScalarType<S>::value;
  const torch::ScalarType computed = torch::CppTypeToScalarType<T>::value;
  const auto as_type = [&](const Tensor& t) { return t.to(type).contiguous(); };
  const Tensor a = as_type(given.q), b = as_type(given.k), c = as_type(given.v),
               d = as_type(given.d_out), bias = given.bias.to(computed);
  const Tensor log_sum = torch::empty({shape.rows}, computed);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto written = [&](std::int64_t rows) {
    return torch::full({rows, shape.stride}, nan, type);
  };
  Result result{written(shape.rows), written(shape.rows), written(shape.kv_rows()),
                written(shape.kv_rows())};
  const AttentionHead<S> head{.rows = shape.rows,
                              .kv_rows = shape.kv_rows(),
                              .width = shape.width,
                              .stride = shape.stride,
                              .kv_stride = shape.stride,
                              .scale = static_cast<T>(1 / std::sqrt(double(shape.width))),
                              .causal = shape.causal,
                              .bias = shape.biased ? bias.data_ptr<T>() + shape.rows - 1 : nullptr,
                              .q = a.data_ptr<S>(),
                              .k = b.data_ptr<S>(),
                              .v = c.data_ptr<S>(),
                              .log_sum = log_sum.data_ptr<T>(),
                              .out = result.out.data_ptr<S>(),
                              .d_out = d.data_ptr<S>(),
                              .d_q = result.d_q.data_ptr<S>(),
                              .d_k = result.d_k.data_ptr<S>(),
                              .d_v = result.d_v.data_ptr<S>()};
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

template <class S>
void expect_attention(double tolerance) {
  for (const AttentionKernel<S>& kernel : attention_kernels<S>()) {
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
                               {129, 33, 40, true},
                               {1, 4, 5, false, 70},
                               {70, 4, 5, false, 1},
                               {33, 8, 9, false, 129, true},
                               {129, 33, 40, false, 31, true},
                               {33, 64, 65, false, 0, true},
                               {70, 5, 11, true, 0, true}}) {
      SCOPED_TRACE(fmt::format("{} rows look at {}, causal {}, biased {}", shape.rows,
                               shape.kv_rows(), shape.causal, shape.biased));
      const Given given = Given(shape).rounded_to(torch::CppTypeToScalarType<S>::value);
      const Result expected = by_autograd(shape, given);
      const Result ours = by_kernel(kernel, shape, given);
      expect_near(ours.out, expected.out, shape, tolerance, "out");
      expect_near(ours.d_q, expected.d_q, shape, tolerance, "d_q");
      expect_near(ours.d_k, expected.d_k, shape, tolerance, "d_k");
      expect_near(ours.d_v, expected.d_v, shape, tolerance, "d_v");
    }
  }
}

TEST(AttentionKernel, IsAttentionInDoublePrecision) { expect_attention<double>(1e-13); }

TEST(AttentionKernel, IsAttentionInSinglePrecision) { expect_attention<float>(3e-6); }

// One rounding of what single precision gives: 2^-8 of it.
TEST(AttentionKernel, IsAttentionInBf16) { expect_attention<c10::BFloat16>(4e-3); }

TEST(AttentionKernel, ScoresFarApartLeaveOneRow) {
  const Shape shape{40, 16, 16};
  const Given given(shape, 30);
  const Result expected = by_autograd(shape, given);
  for (const auto& kernel : attention_kernels<float>()) {
    const Result ours = by_kernel(kernel, shape, given);
    // Scores of a thousand keep four digits behind the point in single precision.
    expect_near(ours.out, expected.out, shape, 1e-3, kernel.name);
    EXPECT_TRUE(ours.d_q.isfinite().all().item<bool>());
  }
}

TEST(AttentionKernel, WhatIsNotANumberStays) {
  const Shape shape{20, 16, 16};
  const Given given(shape);
  given.q[3][2] = std::numeric_limits<double>::quiet_NaN();
  for (const auto& kernel : attention_kernels<float>()) {
    const Result ours = by_kernel(kernel, shape, given);
    EXPECT_TRUE(ours.out[3].isnan().all().item<bool>()) << kernel.name;
    EXPECT_FALSE(ours.out[4].isnan().any().item<bool>()) << kernel.name;
    EXPECT_TRUE(ours.d_k.isnan().all().item<bool>()) << kernel.name;
  }
}

}  // namespace
}  // namespace rankwise

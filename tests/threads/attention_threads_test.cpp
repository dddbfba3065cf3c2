// The attention kernel on plain threads: heads of one sequence at once, as a thread pool runs them.

#include "framework/ops/attention_kernel.h"
#include "tests/threads/together.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise {
namespace {

constexpr std::int64_t kHeads = 8, kRows = 45, kWidth = 20, kStride = kHeads * kWidth;

std::vector<float> wave(double pace) {
  std::vector<float> values(kRows * kStride);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(std::sin(pace * static_cast<double>(i)));
  }
  return values;
}

// All heads of one sequence, forward and backward.
struct Sequence {
  std::vector<float> q = wave(0.1), k = wave(0.2), v = wave(0.3), d_out = wave(0.4);
  std::vector<float> out = std::vector<float>(q.size()), d_q = out, d_k = out, d_v = out;
  std::vector<float> log_sum = std::vector<float>(kRows * kHeads);

  void work(std::int64_t head, const AttentionKernel<float>& kernel) {
    const auto at = [head](std::vector<float>& matrix) { return matrix.data() + head * kWidth; };
    AttentionHead<float> one;
    one.rows = one.kv_rows = kRows;
    one.width = kWidth;
    one.stride = one.kv_stride = kStride;
    one.scale = 0.25F;
    one.causal = true;
    one.q = at(q), one.k = at(k), one.v = at(v);
    one.log_sum = log_sum.data() + head, one.log_sum_stride = kHeads;
    one.out = at(out), one.d_out = at(d_out);
    one.d_q = at(d_q), one.d_k = at(d_k), one.d_v = at(d_v);
    std::vector<float> scratch;
    kernel.forward(one, scratch);
    kernel.backward(one, scratch);
  }
};

TEST(AttentionThreads, GiveTheBitsOfOneThread) {
  Sequence together_done;
  together(kHeads, [&](std::size_t head) {  // they also ask for the kernels first at once
    together_done.work(static_cast<std::int64_t>(head), attention_kernels<float>().front());
  });
  Sequence alone;
  for (std::int64_t head = 0; head < kHeads; ++head) {
    alone.work(head, attention_kernels<float>().front());
  }
  EXPECT_EQ(together_done.out, alone.out);
  EXPECT_EQ(together_done.d_q, alone.d_q);
  EXPECT_EQ(together_done.d_k, alone.d_k);
  EXPECT_EQ(together_done.d_v, alone.d_v);
}

}  // namespace
}  // namespace rankwise

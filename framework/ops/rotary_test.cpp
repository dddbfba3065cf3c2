#include "framework/ops/rotary.h"

#include "framework/core/switches.h"
#include "framework/io/test_files.h"
#include "framework/ops/precision.h"
#include "framework/ops/test_rows.h"

#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr double kRotationBf16 = 0.005;  // rounded to 8 bits once

// Positions from 3 on, in the type that rows of this type are turned in.
RotaryTable table_for(const Tensor& x, std::int64_t head_width) {
  return rotary_table(torch::arange(3, 3 + x.size(0)), rotary_frequencies(head_width, 1e4, {}),
                      computed_in(x));
}

RowOp our_rotation(std::int64_t head_width) {
  return [head_width](const RowTensors& t) {
    return RowTensors{rotate(t[0], table_for(t[0], head_width))};
  };
}

// Angles of the rows' type stand for exact ones: in fp32 what they differ by is rounding.
RowOp plain_rotation(std::int64_t head_width) {
  return [head_width](const RowTensors& t) {
    const RotaryTable table = table_for(t[0], head_width);
    const std::vector<Tensor> halves =
        t[0].reshape({t[0].size(0), t[0].size(1) / head_width, head_width}).chunk(2, 2);
    const Tensor first = halves[0] * table.cosine - halves[1] * table.sine;
    const Tensor second = halves[1] * table.cosine + halves[0] * table.sine;
    return RowTensors{at::cat({first, second}, 2).reshape(t[0].sizes()).to(t[0].scalar_type())};
  };
}

TEST(Rotation, IsThatOfPlainCodeThereAndBack) {
  for (const std::int64_t head_width : {2, 14, 64, 66}) {
    expect_like_plain(our_rotation(head_width), plain_rotation(head_width),
                      {normal_rows({5, 3 * head_width}, "x")}, kRotationBf16);
  }
  expect_like_plain(our_rotation(6), plain_rotation(6), {normal_rows({0, 12}, "x")}, kRotationBf16);
}

TEST(Rotation, TakesRowsThatAreNotContiguous) {
  const auto transposed = [](const RowOp& op) {
    return [op](const RowTensors& t) { return op({t[0].t()}); };
  };
  expect_like_plain(transposed(our_rotation(6)), transposed(plain_rotation(6)),
                    {normal_rows({12, 7}, "x")}, kRotationBf16);
}

TEST(Rotation, PassesNanAndInfinitiesOn) {
  Tensor x = normal_rows({4, 12}, "x");
  x[1][2] = std::numeric_limits<double>::quiet_NaN();
  x[2][3] = std::numeric_limits<double>::infinity();
  expect_like_plain_beyond_numbers(our_rotation(6), plain_rotation(6), {x});
}

TEST(Rotation, IsTheSameByAnyWay) {
  expect_same_bits_by_any_way(our_rotation(64),
                              as_type({normal_rows({301, 384}, "x")}, torch::kFloat32));
}

TEST(Rotation, IsTheSameWithoutItsSwitch) {
  const Without without("fused-rotary");
  expect_like_plain(our_rotation(66), plain_rotation(66), {normal_rows({5, 132}, "x")},
                    kRotationBf16);
}

TEST(Rotation, RefusesATableThatDoesNotFit) {
  const Tensor x = normal_rows({5, 12}, "x");
  EXPECT_EQ(error_of([&] { rotate(x, table_for(x, 10)); }),
            "rotary: the table does not fit rows of 12");
  EXPECT_EQ(error_of([&] {
              rotate(x, table_for(normal_rows({4, 12}, "x"), 6));
            }),
            "rotary: the table does not fit rows of 12");
}

}  // namespace
}  // namespace rankwise

#include "framework/ops/all_finite.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

TEST(AllFinite, AgreesWithATen) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const auto type : {torch::kFloat64, torch::kFloat32, torch::kBFloat16, torch::kFloat16}) {
    Tensor values = torch::randn({3, 2001}).mul(100).to(type);
    EXPECT_TRUE(all_finite(values)) << type;
    EXPECT_TRUE(all_finite(torch::zeros({0}, type))) << type;
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity}) {
      for (const std::int64_t place : {0, 4095, 4096, 6002}) {
        Tensor one = values.clone();
        one.view({-1})[place] = bad;
        EXPECT_FALSE(all_finite(one)) << type << ' ' << bad << ' ' << place;
        EXPECT_FALSE(all_finite(one.t())) << type << ' ' << bad << ' ' << place;
      }
    }
  }
}

TEST(AllFinite, LargestAndSmallestNumbersAre) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    const double most = type == torch::kFloat64 ? std::numeric_limits<double>::max()
                                                : std::numeric_limits<float>::max();
    EXPECT_TRUE(all_finite(torch::tensor({most, -most, 0.0, 5e-324}, type))) << type;
  }
}

TEST(AllFinite, WholeNumbersAre) {
  EXPECT_TRUE(all_finite(torch::full({3}, std::numeric_limits<std::int64_t>::max())));
}

}  // namespace
}  // namespace rankwise

#include "framework/record/summary_numbers.h"

#include "framework/io/test_files.h"

#include <cmath>
#include <limits>

namespace rankwise {
namespace {

using hdf5::Type;
using Values = std::vector<double>;

TEST(SummaryNumbers, TakeTheSmallestTypeThatLosesNothing) {
  EXPECT_EQ(smallest_type(Values{0, 255}), Type::kUint8);
  EXPECT_EQ(smallest_type(Values{-1, 127}), Type::kInt8);
  EXPECT_EQ(smallest_type(Values{0, 256}), Type::kUint16);
  EXPECT_EQ(smallest_type(Values{-1, 128}), Type::kInt16);
  EXPECT_EQ(smallest_type(Values{65536}), Type::kUint32);
  EXPECT_EQ(smallest_type(Values{-1, 65536}), Type::kInt32);
  EXPECT_EQ(smallest_type(Values{1099511627776}), Type::kInt64);
  EXPECT_EQ(smallest_type(Values{1, 0.5, std::nan("")}), Type::kFloat32);
  EXPECT_EQ(smallest_type(Values{1, 0.1}), Type::kFloat64);
  EXPECT_EQ(smallest_type(Values{0.5, 1e300}), Type::kFloat64);
  EXPECT_EQ(smallest_type(Values{}), Type::kUint8);
}

TEST(SummaryNumbers, ComeBackFromEveryType) {
  const auto path = test_folder() / "a.h5";
  const double large = 9007199254740992;
  for (const Values& values :
       {Values{0, 9}, Values{-9, 9}, Values{0, 999}, Values{-9, 999}, Values{0, 1e6},
        Values{-9, 1e6}, Values{0, large}, Values{-1.5, 2.25}, Values{0.1, INFINITY}}) {
    {
      hdf5::File file = hdf5::File::create(path);
      write_numbers(file, "/x", {2}, values);
    }
    const auto file = hdf5::File::open(path);
    EXPECT_EQ(file.dataset("/x").convert_rows<double>(0, 2), values) << values[1];
  }
}

TEST(SummaryNumbers, AreRoundedToBinaryDigits) {
  EXPECT_EQ(rounded(0.1), 0.1F);
  EXPECT_EQ(rounded(5, 2), 4) << "4, 6 and 8 have two digits; halves go to the even one";
  EXPECT_EQ(rounded(-7.1, 3), -7);
  EXPECT_EQ(rounded(0, 14), 0);
  EXPECT_NEAR(rounded(0.12345678, 14), 0.12345678, 0.12345678 / 16384);
  EXPECT_EQ(rounded(rounded(0.3, 14), 14), rounded(0.3, 14));
  EXPECT_TRUE(std::isnan(rounded(std::nan(""), 14)));
  EXPECT_TRUE(std::isinf(rounded(INFINITY, 14)));
}

TEST(SummaryNumbers, OfSeveralRunsLieInRowsWithPadding) {
  RunRows rows(2, {3}, -1);
  rows[1][0] = 5;
  EXPECT_EQ(rows.shape, (hdf5::Shape{2, 3}));
  EXPECT_EQ(rows.values, (Values{-1, -1, -1, 5, -1, -1}));
}

}  // namespace
}  // namespace rankwise

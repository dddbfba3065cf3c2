#include "framework/texts/pass_at_k.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(PassAtK, AgreesWithExactFractions) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  for (const auto& example : fixture.at("pass_at_k")) {
    EXPECT_NEAR(pass_at_k(example[0], example[1], example[2]), example[3], 1e-12) << example;
  }
}

TEST(PassAtK, OfOneIsTheShareThatPasses) { EXPECT_DOUBLE_EQ(pass_at_k(10, 3, 1), 0.3); }

TEST(PassAtK, RefusesMoreThanThereAre) {
  EXPECT_THROW(pass_at_k(5, 6, 1), Error);
  EXPECT_THROW(pass_at_k(5, -1, 1), Error);
  EXPECT_THROW(pass_at_k(5, 5, 6), Error);
  EXPECT_THROW(pass_at_k(0, 0, 0), Error);
}

}  // namespace
}  // namespace rankwise

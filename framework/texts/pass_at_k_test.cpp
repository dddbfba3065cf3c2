#include "framework/texts/pass_at_k.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/core/metrics.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PassAtK, AgreesWithExactFractions) {
  const auto fixture = read_json(source_tree() / "tests" / "fixtures" / "text_metrics.json");
  for (const auto& example : fixture.at("pass_at_k")) {
    EXPECT_NEAR(pass_at_k(example[0], example[1], example[2]), example[3], 1e-12) << example;
  }
}

// Of three examples with five programs each, none, two and all pass.
TEST(PassAtK, IsAMetricOfProgramsThatWereRun) {
  const Scored scored{.prediction = {0, 0, 0},
                      .label = {1, 1, 1},
                      .passed = {0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1}};
  EXPECT_DOUBLE_EQ(metrics().find("pass_at_1").score(scored), 1.4 / 3);
  EXPECT_THAT(example_scores("pass_at_1", scored), ElementsAre(0, DoubleEq(0.4), 1));
  EXPECT_DOUBLE_EQ(metrics().find("pass_at_5").score(scored), 2. / 3);
  EXPECT_THAT(error_of([&] { metrics().find("pass_at_10").score(scored); }),
              HasSubstr("pass@10 of 5 samples"));
  EXPECT_THAT(error_of([] {
                metrics().find("pass_at_1").score({{}, {0}, {1}});
              }),
              HasSubstr("rankwise execute runs them"));
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

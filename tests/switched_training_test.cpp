// Every switch of the registry, turned off: a short training of each kind of network is the same
// but for rounding.

#include "framework/core/switches.h"
#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <vector>

namespace rankwise {
namespace {

std::vector<double> losses_of(toy::Kind kind) {
  const toy::Recipe recipe{.variant = "lora", .kind = kind};
  const auto model = toy::model(recipe);
  Trainer trainer(*model, toy::dataset(kind), toy::training(4), Seed(1), recipe.tensors);
  struct Losses : Observer {
    void on_step(const StepRecord& record) override { values.push_back(record.loss); }
    std::vector<double> values;
  } losses;
  trainer.run({&losses}, [](std::int64_t) {});
  return losses.values;
}

class SwitchedTraining : public ::testing::TestWithParam<toy::Kind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, SwitchedTraining,
                         ::testing::Values(toy::Kind::kTokens, toy::Kind::kFeatures,
                                           toy::Kind::kDecoder, toy::Kind::kEncoderDecoder),
                         [](const auto& test) { return toy::to_string(test.param); });

TEST_P(SwitchedTraining, IsTheSameWithoutEachSwitch) {
  const std::vector<double> with_all = losses_of(GetParam());
  for (const std::string& name : switches().names()) {
    const Without without(name);
    EXPECT_THAT(losses_of(GetParam()), ::testing::Pointwise(::testing::DoubleNear(1e-9), with_all))
        << "without " << name;
  }
}

}  // namespace
}  // namespace rankwise

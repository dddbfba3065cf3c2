#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(LinearProbe, TrainsTheHeadsAndNothingElse) {
  const toy::Recipe recipe{.variant = "linear_probe"};
  const auto model = toy::model(recipe);
  EXPECT_TRUE(model->adapter_parameters().empty());
  EXPECT_EQ(model->head_parameters().size(), 7U) << "four weights; a choice has no bias";
  const auto start = toy::model(recipe);
  Trainer(*model, toy::dataset(recipe.kind), toy::training(2), Seed(1), recipe.tensors)
      .run({}, [](std::int64_t) {});
  const auto before = start->named_parameters();
  for (const auto& item : model->named_parameters()) {
    const bool head = item.key().starts_with("heads.");
    EXPECT_EQ(torch::equal(item.value(), before[item.key()]), !head) << item.key();
  }
}

TEST(LinearProbe, SavesTheHeadsAlone) {
  const auto model = toy::model({.variant = "linear_probe"});
  EXPECT_EQ(model->state().size(), 7U);
}

}  // namespace
}  // namespace rankwise

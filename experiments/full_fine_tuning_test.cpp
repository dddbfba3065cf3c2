#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(FullFineTuning, MovesEveryWeightOfTheBackbone) {
  const toy::Recipe recipe{.variant = "full_fine_tuning"};
  const auto model = toy::model(recipe);
  const auto start = toy::backbone(recipe.kind, recipe.tensors);
  Trainer(*model, toy::dataset(recipe.kind), toy::training(2), Seed(1), recipe.tensors)
      .run({}, [](std::int64_t) {});
  const auto before = start->named_parameters();
  for (const auto& item : model->backbone().named_parameters()) {
    EXPECT_FALSE(torch::equal(item.value(), before[item.key()])) << item.key();
  }
}

TEST(FullFineTuning, SavesTheBackbone) {
  const auto model = toy::model({.variant = "full_fine_tuning"});
  std::size_t saved = 0;
  for (const auto& [name, tensor] : model->state()) {
    saved += model->backbone().named_parameters().contains(name) ? 1 : 0;
  }
  EXPECT_EQ(saved, model->backbone().parameters().size());
  EXPECT_TRUE(model->adapter().attached().empty());
}

}  // namespace
}  // namespace rankwise

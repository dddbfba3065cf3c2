// Covariances of gradients against their definition, and over a cut.

#include "framework/train/gradient_moments.h"

#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/toy.h"
#include "framework/train/checkpoint.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::IsEmpty;
using ::testing::Pointwise;
using ::testing::SizeIs;
using torch::Tensor;

const toy::Recipe kMomentsRecipe{.variant = "lora", .options = {{"rank", 3}}};

Trainer watching(Model& model, const Dataset& dataset) {
  TrainOptions options = toy::training(6);
  options.evaluations = 3;
  Trainer trainer(model, dataset, options, Seed(1), kDouble);
  trainer.watch_gradients();
  return trainer;
}

Tensor b_of(Model& model) { return model.adapter().attached().front().update->factors()->b; }

// The mean of <g_i - mean g_i, g_j - mean g_j> over the steps' gradients g [out, R].
Tensor expected_covariance(const std::vector<Tensor>& gradients) {
  const Tensor all = torch::stack(gradients);
  const Tensor centred = all - all.mean(0, true);
  return torch::einsum("soi,soj->ij", {centred, centred}) / static_cast<double>(gradients.size());
}

TEST(GradientMoments, AreTheCovarianceOverTheSteps) {
  const auto model = toy::model(kMomentsRecipe);
  Tensor b = b_of(*model);
  GradientMoments moments(model->adapter());
  EXPECT_THAT(moments.covariance(), IsEmpty());
  std::vector<Tensor> gradients;
  for (int step = 0; step < 5; ++step) {
    gradients.push_back(torch::randn_like(b));
    b.mutable_grad() = gradients.back();
    moments.add();
  }
  const auto records = moments.covariance();
  EXPECT_THAT(records, SizeIs(model->adapter().attached().size()));
  const auto found = torch::tensor(records.front().covariance, kDouble).view({3, 3});
  EXPECT_TRUE(torch::allclose(found, expected_covariance(gradients), 1e-10, 1e-12));
}

TEST(GradientMoments, AreOfTheGradientsBeforeClipping) {
  const Dataset dataset = toy::dataset(toy::Kind::kTokens);
  const auto examples = toy::examples(toy::Kind::kTokens, 2);
  std::vector<std::vector<double>> found;
  for (const double clip : {0.0, 1e-3}) {
    const auto model = toy::model(kMomentsRecipe);
    TrainOptions options = toy::training(6);
    options.clip = clip;
    Trainer trainer(*model, dataset, options, Seed(1), kDouble);
    trainer.watch_gradients();
    trainer.step(examples);
    // One step has no variance: the sums themselves.
    const Tensor inner = trainer.state().back().second;
    found.emplace_back(inner.data_ptr<double>(), inner.data_ptr<double>() + inner.numel());
  }
  EXPECT_THAT(found[1], Pointwise(::testing::DoubleEq(), found[0]));
}

TEST(GradientMoments, AreTheSameBitsOverACut) {
  const Dataset dataset = toy::dataset(toy::Kind::kTokens);
  const auto file = test_folder() / "a.h5";
  const auto whole = toy::model(kMomentsRecipe);
  Trainer uncut = watching(*whole, dataset);
  uncut.run({}, [](std::int64_t) {});

  const auto first = toy::model(kMomentsRecipe);
  Trainer before = watching(*first, dataset);
  EvaluationState evaluations{.last_step = 0, .best_step = 0};
  for (const auto& [name, tensor] : first->state()) {
    evaluations.best_parameters.push_back(tensor);
  }
  const auto cut = [&](std::int64_t step) {
    save_checkpoint({file, ""}, *first, before, evaluations);
    if (step < 6) throw Error("cut");
  };
  EXPECT_EQ(error_of([&] { before.run({}, cut); }), "cut");
  const auto second = toy::model(kMomentsRecipe);
  Trainer after = watching(*second, dataset);
  Checkpoint(checkpoint_path(file)).restore(*second, after);
  ASSERT_LT(after.steps_done(), 6);
  after.run({}, [](std::int64_t) {});
  EXPECT_EQ(after.gradients()->covariance(), uncut.gradients()->covariance());
}

}  // namespace
}  // namespace rankwise

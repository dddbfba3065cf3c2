#include "framework/ops/token_likelihood.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/error.h"
#include "framework/data/doubles.h"

#include <gmock/gmock.h>
#include <torch/types.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using torch::Tensor;

constexpr double kLikelihoodRounding = 1e-14;

// Seven rows of width 4 over a vocabulary of 5.
struct LikelihoodInputs {
  Tensor rows = normal_tensor({7, 4}, 1, Seed(3).stream("rows"), kDouble).requires_grad_();
  Tensor weight = normal_tensor({5, 4}, 1, Seed(3).stream("weight"), kDouble).requires_grad_();
  Tensor tokens = torch::tensor({0, 4, 2, 2, 1, 3, 0}, torch::kInt64);
  Tensor factors = normal_tensor({7}, 1, Seed(3).stream("factors"), kDouble);

  Tensor plain() const {
    return torch::log_softmax(rows.mm(weight.t()), 1).gather(1, tokens.unsqueeze(1)).squeeze(1);
  }
};

TEST(TokenLikelihood, IsLogSoftmaxAtTheToken) {
  const LikelihoodInputs in;
  const Tensor expected = in.plain();
  for (const std::int64_t chunk : {1, 3, 7, 100}) {
    const Tensor found = token_likelihood(in.rows, in.weight, in.tokens, chunk).log_probability;
    EXPECT_TRUE(torch::allclose(found, expected, 0, kLikelihoodRounding)) << chunk;
  }
}

TEST(TokenLikelihood, HasAutogradsGradients) {
  const LikelihoodInputs plain, ours;
  plain.plain().dot(plain.factors).backward();
  token_likelihood(ours.rows, ours.weight, ours.tokens, 3)
      .log_probability.dot(ours.factors)
      .backward();
  EXPECT_TRUE(torch::allclose(ours.rows.grad(), plain.rows.grad(), 0, kLikelihoodRounding));
  EXPECT_TRUE(torch::allclose(ours.weight.grad(), plain.weight.grad(), 0, kLikelihoodRounding));
}

TEST(TokenLikelihood, OfFrozenWeightsHasTheRowsGradientAlone) {
  const LikelihoodInputs plain, ours;
  plain.plain().dot(plain.factors).backward();
  token_likelihood(ours.rows, ours.weight.detach(), ours.tokens)
      .log_probability.dot(ours.factors)
      .backward();
  EXPECT_TRUE(torch::allclose(ours.rows.grad(), plain.rows.grad(), 0, kLikelihoodRounding));
  EXPECT_FALSE(ours.weight.grad().defined());
}

TEST(TokenLikelihood, SaysWhereNoTokenIsLikelier) {
  const Tensor rows = torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}}, kDouble);
  const Tensor tokens = torch::tensor({0, 0, 1}, torch::kInt64);
  const TokenLikelihood found = token_likelihood(rows, torch::eye(2, kDouble), tokens);
  EXPECT_THAT(doubles(found.greedy.to(torch::kFloat64)), ElementsAre(1, 0, 1)) << "the last: a tie";
}

TEST(TokenLikelihood, RefusesShapesThatDoNotFit) {
  const LikelihoodInputs in;
  EXPECT_THROW(token_likelihood(in.rows, in.weight.t(), in.tokens), Error);
  EXPECT_THROW(token_likelihood(in.rows, in.weight, in.tokens.narrow(0, 0, 6)), Error);
}

TEST(TokenLikelihood, SumsOverRoundedLogitsInSinglePrecision) {
  const LikelihoodInputs in;
  const Tensor rows = in.rows.detach().to(torch::kBFloat16).requires_grad_();
  const Tensor found = token_likelihood(rows, in.weight.detach(), in.tokens, 3).log_probability;
  EXPECT_EQ(found.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(torch::allclose(found.to(kDouble), in.plain(), 0, 0.03));
  in.plain().dot(in.factors).backward();
  found.dot(in.factors.to(torch::kFloat32)).backward();
  EXPECT_EQ(rows.grad().scalar_type(), torch::kBFloat16);
  EXPECT_TRUE(torch::allclose(rows.grad().to(kDouble), in.rows.grad(), 0, 0.03));
}

}  // namespace
}  // namespace rankwise

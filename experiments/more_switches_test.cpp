// MoRE's switches one by one: each inputs gives its own hand-checked numbers.

#include "framework/adapter/one_site.h"
#include "framework/core/glob.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace rankwise {
namespace {

using fixtures::rows;
using nlohmann::json;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Four ranks, two tasks, alpha / r = 1; A x = (1, 10, 100, 1000) for x = (1, 0) and B adds. With a
// gate: logits (2, 0, 1, 0) for task 0 and (0, 1, 2, 0) for task 1, which choose ranks 1 and 3.
OneSite more_switches_by_hand(json options, std::vector<std::int64_t> true_ranks = {}) {
  options.update({{"rank", 4}, {"alpha", 4}});
  OneSite site("more", options, {.tasks = 2, .true_ranks = std::move(true_ranks)});
  const std::string selector = options.value("selector", "straight_through");
  if (selector != "uniform" && selector != "given") {
    site.set("gate.task_embedding", OneSite::tensor({{1, 0}, {0, 1}}));
    site.set("gate.weight", OneSite::tensor({{2, 0}, {0, 1}, {1, 2}, {0, 0}}));
    site.set("gate.bias", torch::zeros({4}, kDouble));
  }
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}, {1000, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  return site;
}

std::vector<double> outputs(OneSite& site) { return doubles(site.forward(rows(2), {0, 1})); }

std::vector<double> outputs(const json& options) {
  OneSite site = more_switches_by_hand(options);
  return outputs(site);
}

TEST(MoreSwitches, RankScaling) {
  EXPECT_THAT(outputs({{"rank_scaling", "over_tasks"}}), ElementsAre(0.5, 166.5));
  EXPECT_THAT(outputs({{"rank_scaling", "none"}}), ElementsAre(1, 111));
  // Rank i by (i / 4)^2: 1/16; 1/16 + 10 * 4/16 + 100 * 9/16.
  EXPECT_THAT(outputs({{"rank_scaling", "squared"}}), ElementsAre(0.0625, 58.8125));
}

TEST(MoreSwitches, ArgmaxIsTheSameForwardWithoutAGradient) {
  OneSite site = more_switches_by_hand({{"selector", "argmax"}});
  EXPECT_THAT(outputs(site), ElementsAre(0.5, 166.5));
  EXPECT_FALSE(site.get("gate.weight").requires_grad());
  EXPECT_TRUE(site.get("gate.task_embedding").requires_grad()) << "by the contrastive loss";
  OneSite without = more_switches_by_hand({{"selector", "argmax"}, {"contrastive_weight", 0}});
  EXPECT_FALSE(without.get("gate.task_embedding").requires_grad());
}

TEST(MoreSwitches, FrozenRanksAreTheFirstOnes) {
  const OneSite fresh("more", {{"selector", "frozen"}}, {.in = 6, .tasks = 5});
  const Tensor logits = at::linear(fresh.get("gate.task_embedding"), fresh.get("gate.weight"),
                                   fresh.get("gate.bias"));
  EXPECT_TRUE(torch::equal(fresh.get("gate.rank"), logits.argmax(1) + 1));
  OneSite site = more_switches_by_hand({{"selector", "frozen"}});
  site.set("gate.rank", torch::tensor({2, 4}, torch::kInt64));
  EXPECT_THAT(outputs(site), ElementsAre(11, 2222)) << "whatever embeddings and gate say by now";
}

TEST(MoreSwitches, UniformWeighsEveryPrefixAlike) {
  // Rank i at the sum over j >= i of 1/4 * j/2: 1.25, 1.125, .875, .5.
  OneSite site = more_switches_by_hand({{"selector", "uniform"}});
  EXPECT_THAT(outputs(site), ElementsAre(600, 600));
  EXPECT_FALSE(site.update().gate()->selection().has_value());
  EXPECT_EQ(site.update().gate()->active_ranks(4, {}), 4);
}

TEST(MoreSwitches, GivenRanksAndTheirChanges) {
  const auto given = [](const char* change) {
    return outputs({{"selector", "given"}, {"ranks", {2, 3}}, {"rank_perturbation", change}});
  };
  EXPECT_THAT(given("none"), ElementsAre(11, 166.5));
  EXPECT_THAT(given("plus_one"), ElementsAre(166.5, 2222));
  EXPECT_THAT(given("double"), ElementsAre(2222, 2222)) << "6 is clipped to 4";
  EXPECT_THAT(given("half"), ElementsAre(0.5, 0.5));
}

TEST(MoreSwitches, TheOlderNameOfThePerturbationIsRead) {
  const json resolved = variants().find("more").resolve({{"given_change", "half"}}, "options");
  EXPECT_EQ(resolved["rank_perturbation"], "half");
  EXPECT_FALSE(resolved.contains("given_change"));
}

TEST(MoreSwitches, GivenRanksMayComeFromTheSuite) {
  OneSite site = more_switches_by_hand({{"selector", "given"}}, {1, 3});
  EXPECT_THAT(outputs(site), ElementsAre(0.5, 166.5));
  const Tensor shuffled =
      more_switches_by_hand({{"selector", "given"}, {"rank_perturbation", "shuffled"}}, {1, 3})
          .update()
          .gate()
          ->selection()
          ->rank;
  EXPECT_EQ(shuffled.sum().item<std::int64_t>(), 4);
  EXPECT_THAT(error_of([] {
                more_switches_by_hand({{"selector", "given"}});
              }),
              HasSubstr("suite knows none"));
  EXPECT_THAT(error_of([] {
                more_switches_by_hand({{"selector", "given"}, {"ranks", {1, 2, 3}}});
              }),
              HasSubstr("ranks: 3 are given for 2 tasks"));
  EXPECT_THAT(error_of([] {
                more_switches_by_hand({{"selector", "given"}, {"ranks", {5, 1}}});
              }),
              HasSubstr("ranks: 5 is more than the largest rank 4"));
}

TEST(MoreSwitches, StraightThroughAllSendsEveryPrefixItsGradient) {
  OneSite site = more_switches_by_hand({{"selector", "straight_through_all"}});
  const Tensor y = site.forward(rows(1), {1});
  EXPECT_EQ(y.item<double>(), 166.5) << "the forward is the printed one's";
  y.sum().backward();
  // c_j = j/2 times the sum of z up to j; dL/dlogit_j = p_j (c_j - sum_i p_i c_i).
  const std::vector<double> c{0.5, 11, 166.5, 2222};
  const std::vector<double> p = doubles(site.update().gate()->selection()->probability[1]);
  const double mean = p[0] * c[0] + p[1] * c[1] + p[2] * c[2] + p[3] * c[3];
  const std::vector<double> found = doubles(site.get("gate.bias").grad());
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(found[j], p[j] * (c[j] - mean), 1e-10) << j;
}

TEST(MoreSwitches, GumbelIsSoftInTrainingAndHardInEvaluation) {
  OneSite site = more_switches_by_hand({{"selector", "gumbel"}, {"rank_scaling", "none"}});
  EXPECT_THAT(outputs(site), ElementsAre(1, 111));
  site.forward_at(rows(1), {0}, {.training = true, .step = 0, .steps = 11});
  const std::vector<double> soft = doubles(site.update().training_usage()->gate_mass()[0]);
  EXPECT_NEAR(soft[0], 1, 1e-12) << "the prefixes' weights sum to one";
  EXPECT_TRUE(std::is_sorted(soft.rbegin(), soft.rend()));
  EXPECT_GT(soft[3], 0);
  // Ten times colder at the end, with the same noise: the ratios' logarithms are tenfold.
  OneSite cold = more_switches_by_hand({{"selector", "gumbel"}, {"rank_scaling", "none"}});
  cold.forward_at(rows(1), {0}, {.training = true, .step = 10, .steps = 11});
  const std::vector<double> late = doubles(cold.update().training_usage()->gate_mass()[0]);
  const auto log_ratio = [](const std::vector<double>& w) {
    return std::log((w[0] - w[1]) / (w[1] - w[2]));
  };
  EXPECT_NEAR(log_ratio(late) / log_ratio(soft), 10, 1e-6);
}

TEST(MoreSwitches, OnlyCandidatesAreChosen) {
  OneSite site = more_switches_by_hand({{"candidates", {2, 4}}});
  EXPECT_THAT(outputs(site), ElementsAre(11, 11));  // logits (0, 0) and (1, 0) of ranks 2 and 4
  const auto p = doubles(site.update().gate()->selection()->probability[1]);
  EXPECT_THAT(p, ElementsAre(0, DoubleNear(1 / (1 + std::exp(-1)), 1e-15), 0,
                             DoubleNear(1 / (1 + std::exp(1)), 1e-15)));
  EXPECT_THAT(error_of([] {
                more_switches_by_hand({{"candidates", {2, 8}}});
              }),
              HasSubstr("candidates: 8 is more than the largest rank 4"));
}

// Two sites of one adapter, the second one twice as wide.
struct TwoSites {
  explicit TwoSites(const json& options) {
    const Variant& more = variants().find("more");
    adapter = more.make(more.resolve(options, "options"));
    const AdapterInputs inputs{2, 2, kDouble, Seed(1), {}};
    for (const auto& site : {Site{"encoder.a", 2, 1, {}}, Site{"decoder.b", 4, 1, {}}}) {
      adapter->add(site, adapter->make_update(site, inputs));
    }
  }
  Tensor embedding(std::size_t i) {
    return adapter->attached()[i].update->gate()->task_embedding();
  }
  // The contrastive term of one training pass over a row of ones, one task a row.
  double term(std::int64_t rows_count, const Tensor& pooled) {
    const Batch batch = rows_of_tasks(
        std::vector<std::int32_t>(static_cast<std::size_t>(rows_count), 0), 2, kDouble);
    const Pass pass{.batch = batch, .step_info = {.training = true}};
    for (const auto& [site, update] : adapter->attached()) {
      const FrozenLinear frozen{torch::zeros({1, site.in}, kDouble), {}};
      update->forward(torch::ones({rows_count, site.in}, kDouble), frozen, pass);
    }
    adapter->after_forward(pooled, pass);
    return adapter->take_auxiliary().sum.item<double>();
  }
  std::unique_ptr<Adapter> adapter;
};

double cross_entropy(const Tensor& sample, const Tensor& embedding) {
  const Tensor cosine = embedding.mv(sample) / (embedding.norm(2, 1) * sample.norm());
  return -torch::log_softmax(cosine / 0.05, 0)[0].item<double>();
}

// One sequence: a prompt of two rows and a row of its answer, at a site under a causal mask.
double term_of(const std::string& representation, bool in_decoder = false) {
  const Variant& more = variants().find("more");
  const auto adapter = more.make(
      more.resolve(json{{"contrastive_weight", 1}, {"representation", representation}}, "options"));
  const Site site{.name = "a", .in = 2, .out = 1, .causal = true, .in_decoder = in_decoder};
  const AdapterInputs inputs{2, 1, kDouble, Seed(1), {}};
  const auto update = adapter->make_update(site, inputs);
  adapter->add(site, update);
  Dataset data;
  data.vocabulary = 9;
  data.tasks.resize(2);
  data.tasks[0].task.kind = TaskKind::kGenerate;
  data.tasks[0].task.answered_by = AnsweredBy::kLikelihood;
  data.tasks[0].train = {.tokens = {1, 2},
                         .segments = {0, 0},
                         .starts = {0, 2},
                         .groups = {0, 1},
                         .target = {0},
                         .answer_tokens = {3, 4},
                         .answer_starts = {0, 2},
                         .answer_bytes = {1}};
  const Batch batch = pack(data, SplitName::kTrain, {{0, 0}}, kDouble);
  const Tensor x = torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {-1.0, 0.0}}, kDouble);
  update->forward(x, {torch::zeros({1, 2}, kDouble), {}},
                  {.batch = batch, .step_info = {.training = true}});
  const AuxiliaryTerm term = adapter->take_auxiliary();
  if (!term.sum.defined()) return std::nan("");
  // The embedding's own cross-entropy with each sample that it may be.
  const Tensor embedding = update->gate()->task_embedding();
  for (const auto& [sample, name] :
       {std::pair(x[0], 1.0), std::pair(x[1], 2.0), std::pair(x.narrow(0, 0, 2).mean(0), 3.0)}) {
    if (std::abs(term.sum.item<double>() - cross_entropy(sample, embedding)) < 1e-12) return name;
  }
  return 0;
}

TEST(MoreSwitches, UnderACausalMaskASampleIsThePromptsLastTokenOrItsMean) {
  EXPECT_EQ(term_of("first_token"), 2) << "the first sees itself alone";
  EXPECT_EQ(term_of("last_prompt_token"), 2);
  EXPECT_EQ(term_of("mean"), 3);
}

TEST(MoreSwitches, ADecoderBesideAnEncoderTakesNoPart) {
  EXPECT_TRUE(std::isnan(term_of("first_token", /*in_decoder=*/true)));
}

TEST(MoreSwitches, TheContrastiveLossIsAMeanOverTheSitesThatTakePart) {
  const Tensor pooled = torch::tensor({{1.0, 2.0}}, kDouble);
  const Tensor two = torch::ones({2}, kDouble);
  const Tensor four = torch::ones({4}, kDouble);
  TwoSites all(json{{"contrastive_weight", 1}});
  const double a = cross_entropy(two, all.embedding(0));
  const double b = cross_entropy(four, all.embedding(1));
  EXPECT_NEAR(all.term(1, pooled), (a + b) / 2, 1e-12);
  EXPECT_NEAR(all.term(3, pooled), 3 * (a + b) / 2, 1e-12) << "a sum over samples";
  TwoSites encoder(json{{"contrastive_weight", 1}, {"contrastive_sites", "encoder.*"}});
  EXPECT_NEAR(encoder.term(1, pooled), a, 1e-12);
  TwoSites by_output(json{{"contrastive_weight", 1}, {"representation", "pooled"}});
  EXPECT_NEAR(by_output.term(1, pooled), cross_entropy(pooled[0], all.embedding(0)), 1e-12)
      << "the second site's embedding is wider than the pooled vector";
  TwoSites none(json{{"contrastive_sites", "pooler"}});
  EXPECT_THAT(error_of([&] { none.term(1, pooled); }), HasSubstr("'pooler' matches no site"));
}

TEST(MoreSwitches, SamplesAreTakenBeforeOrAfterDropout) {
  // Cosines of (3, 4) with (1, 0) and (0, 1) are .6 and .8. Dropout leaves (6, 8), (6, 0), (0, 8)
  // or nothing: over 40 draws the term after it is another one.
  const auto term = [](bool before) {
    OneSite site = more_switches_by_hand(
        {{"dropout", 0.5}, {"contrastive_weight", 1}, {"samples_before_dropout", before}});
    const Tensor x = OneSite::tensor({{3, 4}}).repeat({40, 1});
    site.forward(x, std::vector<std::int32_t>(40, 0), /*training=*/true);
    return site.adapter().take_auxiliary().sum.item<double>() / 40;
  };
  const double expected = std::log(1 + std::exp((0.8 - 0.6) / 0.05));
  EXPECT_NEAR(term(true), expected, 1e-12);
  EXPECT_GT(std::abs(term(false) - expected), 0.5) << "(6, 0) alone gives 0, (0, 8) gives 20";
}

TEST(MoreSwitches, EmbeddingsMayBeShared) {
  TwoSites own(json::object());
  EXPECT_EQ(own.embedding(1).size(1), 4);
  TwoSites shared(json{{"embedding", "shared"}});
  EXPECT_TRUE(shared.embedding(0).is_same(shared.embedding(1)));
  EXPECT_EQ(shared.adapter->attached()[1].update->gate()->parameters().size(), 2U)
      << "weight and bias: the embedding belongs to the first site alone";
  EXPECT_EQ(shared.adapter->attached()[1].update->gate()->active_parameters(), 8 * 2 + 8 + 2);
  TwoSites sized(json{{"embedding_size", 5}, {"contrastive_weight", 0}});
  EXPECT_EQ(sized.embedding(0).size(1), 5);
}

TEST(MoreSwitches, EmbeddingsStartKaimingOrSmall) {
  const OneSite kaiming("more", {}, {.in = 24, .tasks = 40});
  const OneSite normal("more", {{"embedding_init", "normal"}}, {.in = 24, .tasks = 40});
  // sqrt(6 / 24) / sqrt(3) against 0.01; a deviation of 960 draws is within 5 / sqrt(2 * 960).
  EXPECT_NEAR(kaiming.get("gate.task_embedding").std().item<double>(), 0.2887, 0.033);
  EXPECT_NEAR(normal.get("gate.task_embedding").std().item<double>(), 0.01, 0.00115);
}

TEST(MoreSwitches, AReadingSetsDefaultsThatEachCanBeOverridden) {
  const auto resolve = [](const json& options) {
    return variants().find("more").resolve(options, "options");
  };
  const json released = resolve({{"reading", "released"}});
  EXPECT_EQ(released["selector"], "frozen");
  EXPECT_EQ(released["rank_scaling"], "squared");
  EXPECT_EQ(released["embedding_init"], "normal");
  EXPECT_EQ(released["contrastive_sites"], "encoder.*");
  EXPECT_EQ(released["dropout"], 0.1);
  EXPECT_EQ(released["samples_before_dropout"], true);
  EXPECT_EQ(resolve(released), released) << "resolving again changes nothing";
  json one = released;
  one["selector"] = "straight_through";
  EXPECT_EQ(resolve({{"reading", "released"}, {"selector", "straight_through"}}), one);
  EXPECT_EQ(resolve(json::object())["selector"], "straight_through");
  EXPECT_THAT(error_of([&] { resolve({{"reading", "mine"}}); }), HasSubstr("paper, released"));
  EXPECT_EQ(variants().find("more").released.at("selector"), "\"frozen\"");
}

TEST(MoreSwitches, LetEveryStepBeCut) {
  for (json options :
       {json{{"selector", "gumbel"}}, json{{"representation", "pooled"}},
        json{{"representation", "mean"}}, json{{"reading", "released"}, {"dropout", 0}}}) {
    options.update({{"rank", 4}});
    SCOPED_TRACE(options.dump());
    conformance::run("chunks", {.variant = "more", .options = options});
  }
}

TEST(MoreSwitches, EverySelectorHoldsTheConformanceSuite) {
  for (const char* selector : {"argmax", "frozen", "uniform", "straight_through_all"}) {
    conformance::run_all({.variant = "more", .options = {{"rank", 4}, {"selector", selector}}});
  }
}

}  // namespace
}  // namespace rankwise

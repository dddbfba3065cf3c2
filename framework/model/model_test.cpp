// Attaching, counting, loading: models of every variant by hand-counted parameters.

#include "framework/model/model.h"

#include "framework/core/glob.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/bert.h"
#include "framework/model/load_weights.h"
#include "framework/model/tiny.h"
#include "framework/testing/fixtures.h"
#include "framework/testing/toy.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using torch::Tensor;

std::unique_ptr<Model> toy_model(const std::string& variant, const nlohmann::json& options,
                                 std::vector<std::string> sites) {
  return toy::model({.variant = variant,
                     .options = options,
                     .kind = toy::Kind::kTokens,
                     .sites = std::move(sites)});
}

std::vector<std::string> site_names(const Model& model) {
  std::vector<std::string> names;
  for (const auto& [site, update] : const_cast<Model&>(model).adapter().attached()) {
    names.push_back(site.name);
  }
  return names;
}

TEST(Sites, PatternsChooseLinears) {
  EXPECT_TRUE(matches("encoder.layer.*", "encoder.layer.0.attention.self.query"));
  EXPECT_TRUE(matches("*.query", "encoder.layer.0.attention.self.query"));
  EXPECT_TRUE(matches("layer.?", "layer.3"));
  EXPECT_FALSE(matches("layer.?", "layer.13"));
  EXPECT_TRUE(matches("[a] \\*", "[a] \\lora")) << "nothing else is special";
  EXPECT_FALSE(matches("query", "encoder.layer.0.attention.self.query"));
}

TEST(Model, AttachesToTheSixLinearsOfEveryLayer) {
  const auto model = toy_model("lora", {}, {"encoder.layer.*"});
  EXPECT_THAT(site_names(*model), SizeIs(12));
  EXPECT_EQ(site_names(*model)[0], "encoder.layer.0.attention.self.query");
  EXPECT_EQ(site_names(*model)[5], "encoder.layer.0.output.dense");
}

TEST(Model, AttachesWherePatternsMatchInTheBackbonesOrder) {
  const auto model = toy_model("lora", {}, {"*.1.*.value", "*.query"});
  EXPECT_THAT(site_names(*model), ElementsAre("encoder.layer.0.attention.self.query",
                                              "encoder.layer.1.attention.self.query",
                                              "encoder.layer.1.attention.self.value"));
}

TEST(Model, RefusesAPatternThatMatchesNothing) {
  const std::string message = error_of([] { toy_model("lora", {}, {"*.query", "*.querry"}); });
  EXPECT_THAT(message, HasSubstr("'*.querry' matches no linear"));
  EXPECT_THAT(message, HasSubstr("encoder.layer.0.attention.self.query"));
}

TEST(Model, RefusesSiteOptionsOfNoAdaptedSite) {
  const auto message = [](const std::string& pattern) {
    return error_of([&] {
      toy_model("lora", {{"site_options", {{pattern, {{"rank", 4}}}}}}, {"*.query"});
    });
  };
  EXPECT_EQ(message("*.1.*.query"), "");
  EXPECT_EQ(message("*.key"),
            "site_options: '*.key' matches no adapted site; there are "
            "encoder.layer.0.attention.self.query, encoder.layer.1.attention.self.query");
}

// The toy bert: vocabulary 24, hidden 16, 2 layers, FFN 24, 9 positions.
// Embeddings 16 * (24 + 9 + 2) + LayerNorm 32; a layer: 4 * (16*16+16) + (16*24+24) + (24*16+16)
// + 2 * 32; heads for outputs 3, 2, 1 with biases, and 1 without: 7 * 16 + 6.
constexpr std::int64_t kEmbeddings = 16 * 35 + 32;
constexpr std::int64_t kLayer = 4 * 272 + 408 + 400 + 64;
constexpr std::int64_t kBackbone = kEmbeddings + 2 * kLayer;
constexpr std::int64_t kHeads = 7 * 16 + 6;

TEST(Model, CountsTheParametersOfLora) {
  // Rank 4 on query and key of one layer: 2 * 4 * (16 + 16).
  const auto counts = toy_model("lora", {{"rank", 4}}, {"*.0.*.query", "*.0.*.key"})->count();
  EXPECT_EQ(counts.trainable, 256 + kHeads);
  EXPECT_EQ(counts.active, 256);
  EXPECT_EQ(counts.router, 0);
  EXPECT_EQ(counts.head, kHeads);
  EXPECT_EQ(counts.frozen, kBackbone);
  EXPECT_EQ(counts.total, kBackbone + 256 + kHeads);
}

TEST(Model, CountsTheParametersOfSmora) {
  // Rank 8, active 2 on one 16 -> 24 linear: A 128, B 192, router 128, bias (not trained) 8.
  const auto counts =
      toy_model("smora", {{"rank", 8}, {"active", 2}}, {"*.0.intermediate.dense"})->count();
  EXPECT_EQ(counts.trainable, 128 + 192 + 128 + kHeads);
  EXPECT_EQ(counts.router, 128);
  EXPECT_EQ(counts.active, 2 * (16 + 24) + 128);
  EXPECT_EQ(counts.frozen, kBackbone + 8);
}

TEST(Model, CountsTheParametersOfMore) {
  // Rank 8 on one 16 -> 16 linear: A and B 128 each; gate 4 * 16 embeddings, 8 * 16 + 8.
  const auto model = toy_model("more", {}, {"*.0.*.query"});
  const auto counts = model->count();
  EXPECT_EQ(counts.trainable, 256 + 64 + 136 + kHeads);
  EXPECT_EQ(counts.router, 64 + 136);
  EXPECT_EQ(counts.frozen, kBackbone);
  // A row uses its task's rank, one embedding and the gate.
  const auto selection = model->adapter().attached()[0].update->gate()->selection();
  const double mean = selection->rank.to(torch::kFloat64).mean().item<double>();
  EXPECT_EQ(counts.active, std::llround(mean * 32) + 16 + 136);
}

TEST(Model, CountsTheParametersOfFlyLora) {
  // Rank 8, active 2 on one 24 -> 16 linear: A 192 frozen, B 128, bias 8 frozen.
  const auto counts =
      toy_model("flylora", {{"rank", 8}, {"active", 2}}, {"*.0.output.dense"})->count();
  EXPECT_EQ(counts.trainable, 128 + kHeads);
  EXPECT_EQ(counts.router, 0);
  EXPECT_EQ(counts.active, 2 * 16);
  EXPECT_EQ(counts.frozen, kBackbone + 192 + 8);
}

TEST(Model, CountsTheParametersOfTheReferenceMethods) {
  const auto full = toy_model("full_fine_tuning", {}, {"*.query"})->count();
  EXPECT_EQ(full.trainable, kBackbone + kHeads);
  EXPECT_EQ(full.active, kBackbone);
  EXPECT_EQ(full.frozen, 0);
  const auto probe = toy_model("linear_probe", {}, {"*.query"})->count();
  EXPECT_EQ(probe.trainable, kHeads);
  EXPECT_EQ(probe.active, 0);
  EXPECT_EQ(probe.frozen, kBackbone);
}

TEST(Model, StateNamesWhatTrainingChanges) {
  const auto model = toy_model("smora", {{"rank", 8}, {"active", 2}}, {"*.0.*.query"});
  std::vector<std::string> names;
  for (const auto& [name, tensor] : model->state()) names.push_back(name);
  const std::string site = "encoder.layer.0.attention.self.query";
  EXPECT_THAT(names,
              ElementsAre(site + ".lora_A", site + ".lora_B", site + ".gate.router",
                          site + ".gate.balance_bias", "key_weight", "key_bias", "middle_weight",
                          "middle_bias", "amount_weight", "amount_bias", "candidate_weight"));
}

TEST(Tiny, IsOrthogonalAndDependsOnTheSeed) {
  const Tensor q = orthogonal_matrix(12, Seed(4));
  EXPECT_LE((q.mm(q.t()) - torch::eye(12, kDouble)).abs().max().item<double>(), 1e-14);
  EXPECT_TRUE(torch::equal(q, orthogonal_matrix(12, Seed(4))));
  EXPECT_FALSE(torch::equal(q, orthogonal_matrix(12, Seed(5))));
}

TEST(Tiny, ComputesByHand) {
  const auto backbone = toy::backbone(toy::Kind::kFeatures, kDouble);
  const Batch batch = pack(toy::dataset(toy::Kind::kFeatures), SplitName::kDev, {{0, 0}}, kDouble);
  Tensor h = batch.features;
  for (const auto& [name, linear] : backbone->linears()) h = torch::tanh(h.mm(linear->weight.t()));
  EXPECT_TRUE(torch::allclose(backbone->forward({.batch = batch}).rows, h, 0, 1e-14));
  EXPECT_THAT(backbone->linears(), SizeIs(2));
}

TEST(SaveTensors, KeepsNamesShapesAndBits) {
  const auto file = test_folder() / "a.safetensors";
  const Tensor rows = torch::arange(6, kDouble).view({2, 3}).t();  // not contiguous
  const Tensor counts = torch::tensor({1, 2}, torch::kInt64);
  save_tensors({{"rows", rows}, {"counts", counts}}, file);
  const auto read = fixtures::tensors(file);
  EXPECT_TRUE(torch::equal(read.at("rows"), rows));
  EXPECT_TRUE(torch::equal(read.at("counts"), counts));
  EXPECT_THAT(error_of([&] {
                save_tensors({{"a", rows}, {"a", rows}}, file);
              }),
              HasSubstr("two tensors are called a"));
}

TEST(Bert, RefusesATextLongerThanItsPositions) {
  const auto backbone = toy::backbone(toy::Kind::kTokens, kDouble);
  const std::vector<std::int64_t> tokens(10, 3);  // the toy has 9 positions
  const Dataset inputs = fixtures::sequences(tokens, {}, {0, 10}, {});
  const Batch batch = pack(inputs, SplitName::kTrain, {{0, 0}}, kDouble);
  EXPECT_THROW(backbone->forward({.batch = batch}), std::exception);
}

}  // namespace
}  // namespace rankwise

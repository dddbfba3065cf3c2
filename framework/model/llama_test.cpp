// Decoders of three families against transformers (tests/reference/fixture_small_llama.py), and the
// configurations that are refused.

#include "framework/model/llama.h"

#include "framework/core/json_file.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/load_weights.h"
#include "framework/testing/checkpoint_folder.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using torch::Tensor;

struct LlamaFolder : CheckpointFolder {
  explicit LlamaFolder(const std::string& family = "llama3") : CheckpointFolder(family) {}
  std::string refusal_with(const std::string& key, const nlohmann::json& value) const {
    return CheckpointFolder::refusal_with(key, value,
                                          [](const auto& path) { load_llama(path, kDouble); });
  }
};

struct LlamaFixture {
  explicit LlamaFixture(const std::string& family)
      : tensors(fixtures::tensors(fixtures::file("small_" + family + "_expected.safetensors"))),
        data(fixtures::sequences(fixtures::integers(tensors.at("tokens")), {},
                                 fixtures::integers(tensors.at("starts")), {})) {}

  Tensor hidden(Llama& llama, const std::vector<Example>& examples,
                const torch::TensorOptions& options = kDouble) const {
    const Batch batch = pack(data, SplitName::kTrain, examples, options);
    return llama.forward({.batch = batch}).rows;
  }
  std::vector<Example> all() const {
    std::vector<Example> examples;
    for (std::int64_t i = 0; i < data.tasks[0].train.examples(); ++i) examples.push_back({0, i});
    return examples;
  }

  std::map<std::string, Tensor> tensors;
  Dataset data;
};

// In units of the largest value.
double relative_difference(const Tensor& ours, const Tensor& theirs) {
  return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}

class LlamaFamilies : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Checkpoints, LlamaFamilies,
                         ::testing::Values("llama3", "mistral", "qwen2"));

TEST_P(LlamaFamilies, HiddenRowsAreThoseOfTransformers) {
  const torch::NoGradGuard no_grad;
  const LlamaFixture fixture(GetParam());
  const LlamaFolder weights(GetParam());
  const auto llama = load_llama(weights.folder, kDouble);
  const Tensor packed = fixture.hidden(*llama, fixture.all());
  EXPECT_LE(relative_difference(packed, fixture.tensors.at("hidden_exact")), 1e-10);
  EXPECT_LE(relative_difference(packed, fixture.tensors.at("hidden_float64")), 1e-6)
      << "where norms, rotary tables and softmax are single";
  std::vector<Tensor> rows;
  for (const Example& example : fixture.all()) rows.push_back(fixture.hidden(*llama, {example}));
  EXPECT_LE(relative_difference(torch::cat(rows), packed), 1e-13) << "one by one";
  const auto single = load_llama(weights.folder, torch::kFloat32);
  EXPECT_LE(relative_difference(fixture.hidden(*single, fixture.all(), torch::kFloat32),
                                fixture.tensors.at("hidden_float32")),
            1e-5);
}

TEST_P(LlamaFamilies, LogitsAreThoseOfTransformers) {
  const torch::NoGradGuard no_grad;
  const LlamaFixture fixture(GetParam());
  const auto llama = load_llama(LlamaFolder(GetParam()).folder, kDouble);
  const Batch batch = pack(fixture.data, SplitName::kTrain, fixture.all(), kDouble);
  const Tensor last =
      llama->forward({.batch = batch}).rows.index_select(0, batch.last_prompt_rows());
  EXPECT_LE(relative_difference(last.mm(llama->vocabulary_weight().t()),
                                fixture.tensors.at("logits_exact")),
            1e-10);
}

TEST_P(LlamaFamilies, GradientsAreThoseOfTransformers) {
  const LlamaFixture fixture(GetParam());
  const auto llama = load_llama(LlamaFolder(GetParam()).folder, kDouble);
  llama->freeze(false);
  (fixture.hidden(*llama, fixture.all()) * fixture.tensors.at("noise")).sum().backward();
  int compared = 0;
  for (const auto& [name, linear] : llama->linears()) {
    const auto found = fixture.tensors.find("gradient." + name);
    if (found == fixture.tensors.end()) continue;
    EXPECT_LE(relative_difference(linear->weight.grad(), found->second), 1e-10) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

TEST(Llama, ARowSeesNoneAfterIt) {
  const torch::NoGradGuard no_grad;
  const auto llama = load_llama(LlamaFolder().folder, kDouble);
  const auto hidden = [&](std::int64_t last) {
    const Dataset data = fixtures::sequences({5, 6, 7, last}, {}, {0, 4}, {});
    return llama->forward({.batch = pack(data, SplitName::kTrain, {{0, 0}}, kDouble)}).rows;
  };
  const Tensor one = hidden(8), two = hidden(9);
  EXPECT_TRUE(torch::equal(one.narrow(0, 0, 3), two.narrow(0, 0, 3)));
  EXPECT_FALSE(torch::equal(one[3], two[3]));
}

TEST(Llama, LoadsABaseModelWithoutItsPrefix) {
  const LlamaFolder weights;
  std::vector<std::pair<std::string, Tensor>> plain;
  for (const auto& [name, tensor] : fixtures::tensors(weights.folder / "model.safetensors")) {
    if (name.starts_with("model.")) plain.emplace_back(name.substr(6), tensor);
  }
  const auto whole = load_llama(weights.folder, kDouble);
  save_tensors(plain, weights.folder / "model.safetensors");
  const auto base = load_llama(weights.folder, kDouble);
  const auto expected = whole->named_parameters();
  for (const auto& item : base->named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), expected[item.key()])) << item.key();
  }
}

TEST(Llama, ATiedHeadThatIsStoredAgainIsTheEmbedding) {
  const LlamaFolder weights("qwen2");
  auto tensors = fixtures::tensors(weights.folder / "model.safetensors");
  std::vector<std::pair<std::string, Tensor>> all(tensors.begin(), tensors.end());
  all.emplace_back("lm_head.weight", tensors.at("model.embed_tokens.weight"));
  save_tensors(all, weights.folder / "model.safetensors");
  EXPECT_NO_THROW(load_llama(weights.folder, kDouble));
  all.back().second = all.back().second + 1;
  save_tensors(all, weights.folder / "model.safetensors");
  EXPECT_THAT(error_of([&] { load_llama(weights.folder, kDouble); }),
              HasSubstr("lm_head.weight is not what embed_tokens.weight is"));
}

TEST(Llama, SitesCarryTheCheckpointsNames) {
  const auto llama = load_llama(LlamaFolder().folder, kDouble);
  EXPECT_EQ(llama->linears().size(), 2U * 7);
  EXPECT_EQ(llama->linears().front().first, "layers.0.self_attn.q_proj");
  EXPECT_EQ(llama->linears().back().first, "layers.1.mlp.down_proj");
}

TEST(Llama, RefusesWhatItDoesNotCompute) {
  const LlamaFolder weights;
  EXPECT_EQ(weights.refusal_with("hidden_act", "silu"), "");
  for (const auto& [key, value, part] :
       std::vector<std::tuple<std::string, nlohmann::json, std::string>>{
           {"model_type", "gpt2", "model_type is 'gpt2', expected 'llama' or 'mistral' or 'qwen2'"},
           {"hidden_act", "gelu", "hidden_act is 'gelu', expected 'silu'"},
           {"sliding_window", 16, "sliding_window is 16, expected null"},
           {"layer_types", {"full_attention", "sliding_attention"}, "layer_types is "},
           {"rope_scaling", {{"rope_type", "yarn"}}, "rope_type is 'yarn', expected 'default' or"},
           {"num_key_value_heads", 3, "4 is not a multiple of 3 num_key_value_heads"},
           {"head_dim", 7, "heads of width 7 have no halves to rotate"},
           {"attention_bias", 1, "attention_bias is 1, expected true or false"},
           {"rms_norm_eps", 0, "rms_norm_eps is 0, expected a positive number"},
           {"q_norm", true, "does not know that member of a LLaMA config"},
           {"num_hidden_layers", 1, "not used by the model that config.json describes"}}) {
    EXPECT_THAT(weights.refusal_with(key, value), HasSubstr(part)) << key;
  }
}

TEST(Rotary, TurnsByThePositionAndKeepsLengths) {
  const Tensor frequencies = rotary_frequencies(4, 100, std::nullopt);
  EXPECT_THAT(doubles(frequencies), ::testing::ElementsAre(1, ::testing::DoubleNear(0.1, 1e-15)));
  const RotaryTable table =
      rotary_table(torch::tensor({0, 3}, torch::kInt64), frequencies, kDouble);
  // Pairs (x_0, x_2) and (x_1, x_3); the second row is turned by 3 and by .3.
  const Tensor x = torch::tensor({{1.0, 0.0, 0.0, 1.0}, {1.0, 0.0, 0.0, 1.0}}, kDouble);
  EXPECT_THAT(doubles(rotate(x, table)[0]), ::testing::ElementsAre(1, 0, 0, 1));
  EXPECT_LE((rotate(x, table)[1] -
             torch::tensor({std::cos(3), -std::sin(0.3), std::sin(3), std::cos(0.3)}, kDouble))
                .abs()
                .max()
                .item<double>(),
            1e-15);
}

TEST(Rotary, LongWavesAreStretchedAndShortOnesStay) {
  const Llama3Scaling scaling{.factor = 8, .low = 1, .high = 4, .original = 64};
  const Tensor plain = rotary_frequencies(16, 10000, std::nullopt);
  const Tensor scaled = rotary_frequencies(16, 10000, scaling);
  EXPECT_EQ(scaled[0].item<double>(), plain[0].item<double>()) << "a wave of 6 rows";
  EXPECT_EQ(scaled[7].item<double>(), plain[7].item<double>() / 8) << "a wave of 20,000";
  EXPECT_TRUE((scaled <= plain).all().item<bool>());
}

}  // namespace
}  // namespace rankwise

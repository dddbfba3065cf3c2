// T5s of three kinds against transformers (tests/reference/fixture_small_t5.py), and the
// configurations that are refused.

#include "framework/model/t5.h"

#include "framework/core/json_file.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/load_weights.h"
#include "framework/testing/checkpoint_folder.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

struct T5Folder : CheckpointFolder {
  explicit T5Folder(const std::string& family = "t5") : CheckpointFolder(family) {}
  std::string refusal_with(const std::string& key, const nlohmann::json& value) const {
    return CheckpointFolder::refusal_with(key, value,
                                          [](const auto& path) { load_t5(path, kDouble); });
  }
};

// Prompts, each with an answer.
Dataset answered(const std::vector<std::int64_t>& tokens, const std::vector<std::int64_t>& starts,
                 const std::vector<std::int64_t>& answers,
                 const std::vector<std::int64_t>& answer_starts) {
  Dataset data = fixtures::sequences(tokens, {}, starts, {});
  Split& split = data.tasks[0].train;
  split.answer_tokens.assign(answers.begin(), answers.end());
  split.answer_starts = answer_starts;
  return data;
}

Batch packed_for(const T5& t5, const Dataset& data, const std::vector<Example>& examples,
                 const torch::TensorOptions& options = kDouble) {
  return pack(data, SplitName::kTrain, examples, options, {.decoder_start = t5.decoder_start()});
}

std::vector<Example> all_of(const Dataset& data) {
  std::vector<Example> examples;
  for (std::int32_t t = 0; t < data.task_count(); ++t) {
    const std::int64_t count = data.tasks[t].train.examples();
    for (std::int64_t i = 0; i < count; ++i) examples.push_back({t, i});
  }
  return examples;
}

struct RowsAndLogits {
  Tensor rows, logits;
};

struct T5Fixture {
  explicit T5Fixture(const std::string& family)
      : tensors(fixtures::tensors(fixtures::file("small_" + family + "_expected.safetensors"))),
        data(answered(integers("tokens"), integers("starts"), integers("answers"),
                      integers("answer_starts"))) {}

  RowsAndLogits outputs(T5& t5, const std::vector<Example>& examples,
                        const torch::TensorOptions& options = kDouble) const {
    const Batch batch = packed_for(t5, data, examples, options);
    const Hidden hidden = t5.forward({.batch = batch});
    return {hidden.rows, hidden.decoded.mm(t5.vocabulary_weight().t())};
  }
  std::vector<std::int64_t> integers(const std::string& name) const {
    return fixtures::integers(tensors.at(name));
  }

  std::map<std::string, Tensor> tensors;
  Dataset data;
};

// In units of the largest value.
double relative_error(const Tensor& ours, const Tensor& theirs) {
  return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}

class T5Families : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Checkpoints, T5Families, ::testing::Values("t5", "flan_t5", "tied_t5"));

TEST_P(T5Families, RowsAndLogitsAreThoseOfTransformers) {
  const torch::NoGradGuard no_grad;
  const T5Fixture fixture(GetParam());
  const T5Folder weights(GetParam());
  const auto expect = [&](const RowsAndLogits& ours, const std::string& kind, double tolerance) {
    EXPECT_LE(relative_error(ours.rows, fixture.tensors.at("rows_" + kind)), tolerance) << kind;
    EXPECT_LE(relative_error(ours.logits, fixture.tensors.at("logits_" + kind)), tolerance) << kind;
  };
  const auto t5 = load_t5(weights.folder, kDouble);
  const RowsAndLogits packed = fixture.outputs(*t5, all_of(fixture.data));
  expect(packed, "exact", 1e-10);
  expect(packed, "float64", 1e-6);  // where norms and softmax are single
  const auto single = load_t5(weights.folder, torch::kFloat32);
  expect(fixture.outputs(*single, all_of(fixture.data), torch::kFloat32), "float32", 1e-5);
  std::vector<Tensor> rows, logits;
  for (const Example& example : all_of(fixture.data)) {
    const RowsAndLogits one = fixture.outputs(*t5, {example});
    rows.push_back(one.rows);
    logits.push_back(one.logits);
  }
  EXPECT_LE(relative_error(torch::cat(rows), packed.rows), 1e-13) << "one by one";
  EXPECT_LE(relative_error(torch::cat(logits), packed.logits), 1e-13) << "one by one";
}

TEST_P(T5Families, GradientsAreThoseOfTransformers) {
  const T5Fixture fixture(GetParam());
  const auto t5 = load_t5(T5Folder(GetParam()).folder, kDouble);
  t5->freeze(false);
  const RowsAndLogits ours = fixture.outputs(*t5, all_of(fixture.data));
  EXPECT_LE(relative_error(ours.logits, fixture.tensors.at("logits_exact")), 1e-10)
      << "with a gradient of the distances' table";
  ((ours.rows * fixture.tensors.at("noise")).sum() +
   (ours.logits * fixture.tensors.at("logits_noise")).sum())
      .backward();
  int compared = 0;
  for (const auto& item : t5->named_parameters()) {
    const auto found = fixture.tensors.find("gradient." + item.key());
    if (found == fixture.tensors.end()) continue;
    EXPECT_LE(relative_error(item.value().grad(), found->second), 1e-10) << item.key();
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

TEST(T5, DecodesOnlyWhereThereAreAnswers) {
  const torch::NoGradGuard no_grad;
  const T5Fixture fixture("flan_t5");
  const auto t5 = load_t5(T5Folder("flan_t5").folder, kDouble);
  Dataset data = fixture.data;
  data.tasks.push_back(data.tasks[0]);
  data.tasks[1].train.answer_starts.clear();  // the same prompts, answered by a head
  const std::vector<Example> mixed{{1, 2}, {0, 0}, {1, 3}, {0, 4}};
  const Hidden together = t5->forward({.batch = packed_for(*t5, data, mixed)});
  const Hidden answers = t5->forward({.batch = packed_for(*t5, data, {{0, 0}, {0, 4}})});
  EXPECT_LE(relative_error(together.decoded, answers.decoded), 1e-13);
  const Hidden prompts = t5->forward({.batch = packed_for(*t5, data, {{1, 2}, {1, 3}})});
  EXPECT_FALSE(prompts.decoded.defined());
  EXPECT_LE(relative_error(together.rows.narrow(0, 0, 7), prompts.rows.narrow(0, 0, 7)), 1e-13);
}

// Counts the rows that pass.
struct RowCounter : Update {
  Tensor forward(const Tensor& x, const FrozenLinear& frozen, const Pass& pass) override {
    EXPECT_EQ(x.size(0), pass.batch.rows());
    rows += x.size(0);
    return at::linear(x, frozen.weight, frozen.bias);
  }
  std::int64_t rows = 0;
};

TEST(T5, PromptsWithoutAnAnswerPassThroughNoLinearOfTheDecoder) {
  const torch::NoGradGuard no_grad;
  const T5Fixture fixture("flan_t5");
  const auto t5 = load_t5(T5Folder("flan_t5").folder, kDouble);
  Dataset data = fixture.data;
  data.tasks.push_back(data.tasks[0]);
  data.tasks[1].train.answer_starts.clear();
  const auto counter = std::make_shared<RowCounter>();
  for (auto& [name, linear] : t5->linears()) {
    if (name == "decoder.block.0.layer.1.EncDecAttention.k") linear->attach(counter);
  }
  t5->forward({.batch = packed_for(*t5, data, {{0, 0}, {0, 4}})});
  const std::int64_t alone = std::exchange(counter->rows, 0);
  t5->forward({.batch = packed_for(*t5, data, {{1, 2}, {0, 0}, {1, 3}, {0, 4}})});
  EXPECT_GT(alone, 0);
  EXPECT_EQ(counter->rows, alone);
}

TEST(T5, ARowOfTheDecoderSeesNoneAfterIt) {
  const torch::NoGradGuard no_grad;
  const auto t5 = load_t5(T5Folder().folder, kDouble);
  const auto decoded = [&](std::int64_t source, std::int64_t answer) {
    const Dataset data = answered({5, 6, source}, {0, 3}, {7, 8, answer, 9}, {0, 4});
    return t5->forward({.batch = packed_for(*t5, data, {{0, 0}})}).decoded;
  };
  const Tensor one = decoded(3, 10), two = decoded(3, 11), other_source = decoded(4, 10);
  EXPECT_TRUE(torch::equal(one.narrow(0, 0, 3), two.narrow(0, 0, 3)));
  EXPECT_FALSE(torch::equal(one[3], two[3]));
  EXPECT_FALSE(torch::equal(one[0], other_source[0])) << "the whole prompt is seen";
}

TEST(T5, SitesCarryTheCheckpointsNames) {
  const auto t5 = load_t5(T5Folder("tied_t5").folder, kDouble);
  const auto linears = t5->linears();
  EXPECT_EQ(linears.size(), 2U * (4 + 3) + 2U * (4 + 4 + 3));
  EXPECT_EQ(linears.front().first, "encoder.block.0.layer.0.SelfAttention.q");
  EXPECT_EQ(linears[4].first, "encoder.block.0.layer.1.DenseReluDense.wi_0");
  EXPECT_EQ(linears[18].first, "decoder.block.0.layer.1.EncDecAttention.q");
  EXPECT_EQ(linears.back().first, "decoder.block.1.layer.2.DenseReluDense.wo");
}

TEST(T5, RefusesWhatItDoesNotCompute) {
  const T5Folder weights;
  EXPECT_EQ(weights.refusal_with("dropout_rate", 0.2), "");
  for (const auto& [key, value, part] :
       std::vector<std::tuple<std::string, nlohmann::json, std::string>>{
           {"model_type", "mt5", "model_type is 'mt5', expected 't5'"},
           {"feed_forward_proj", "gelu", "is 'gelu', expected 'relu' or 'gated-gelu'"},
           {"feed_forward_proj", "gated-gelu", "dense_act_fn is 'relu', expected 'gelu_new'"},
           {"dense_act_fn", "silu", "dense_act_fn is 'silu', expected 'relu' beside 'relu'"},
           {"is_encoder_decoder", false, "is_encoder_decoder is false, expected true"},
           {"tie_word_embeddings", 1, "tie_word_embeddings is 1, expected true or false"},
           {"decoder_start_token_id", 40, "is 40, expected a token below 40"},
           {"relative_attention_num_buckets", 3, "3 relative_attention_num_buckets"},
           {"relative_attention_max_distance", 16, "up to a relative_attention_max_distance of 16"},
           {"layer_norm_epsilon", 0, "layer_norm_epsilon is 0, expected a positive number"},
           {"d_kv", 0, "'d_kv' is missing or not a positive integer"},
           {"scalable_attention", true, "does not know that member of a T5 config"},
           {"num_decoder_layers", 1, "not used by the model that config.json describes"},
           {"num_layers", 3, "encoder.block.2.layer.0.SelfAttention.q.weight"}}) {
    EXPECT_THAT(weights.refusal_with(key, value), HasSubstr(part)) << key;
  }
}

TEST(T5, AHeadOfItsOwnMustBeStored) {
  const T5Folder weights("tied_t5");
  EXPECT_THAT(weights.refusal_with("tie_word_embeddings", false), HasSubstr("lm_head.weight"));
}

TEST(T5, BeginsAnswersWithThePaddingTokenWhereNothingElseIsSaid) {
  const T5Folder weights;
  nlohmann::json config = read_json(weights.folder / "config.json");
  config["decoder_start_token_id"] = nullptr;
  config["pad_token_id"] = 3;
  write_bytes(weights.folder / "config.json", config.dump());
  EXPECT_EQ(load_t5(weights.folder, kDouble)->decoder_start(), 3);
}

TEST(RelativeBuckets, AreThoseOfTheirDistance) {
  constexpr std::int64_t kRows = 200;
  const auto at = [&](bool bidirectional, std::initializer_list<std::int64_t> positions) {
    const Tensor all = relative_buckets(kRows, {32, 128, bidirectional});
    EXPECT_EQ(all.numel(), 2 * kRows - 1);
    std::vector<std::int64_t> found;
    for (const std::int64_t p : positions) found.push_back(all[p + kRows - 1].item<std::int64_t>());
    return found;
  };
  // 8 + 8 log(d / 8) / log(16) from 8 on: 10 at 16, 14 at 64.
  EXPECT_THAT(at(true, {0, -1, -7, -8, -11, -12, -16, -63, -64, -128, -199}),
              ElementsAre(0, 1, 7, 8, 8, 9, 10, 13, 14, 15, 15));
  EXPECT_THAT(at(true, {1, 7, 16, 199}), ElementsAre(17, 23, 26, 31));
  EXPECT_THAT(at(false, {0, 1, 199, -1, -15, -16, -32, -199}),
              ElementsAre(0, 0, 0, 1, 15, 16, 21, 31));
}

}  // namespace
}  // namespace rankwise

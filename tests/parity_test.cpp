// Our encoder and our LoRA against transformers and peft; what the fixtures are:
// fixtures/README.md.

#include "framework/adapter/variant.h"
#include "framework/core/json.h"
#include "framework/core/json_file.h"
#include "framework/core/metrics.h"
#include "framework/data/doubles.h"
#include "framework/data/token_file.h"
#include "framework/io/test_files.h"
#include "framework/model/bert.h"
#include "framework/model/model.h"
#include "framework/testing/fixtures.h"
#include "framework/train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise {
namespace {

using torch::Tensor;

const torch::TensorOptions kFloat = torch::TensorOptions().dtype(torch::kFloat32);
std::vector<Example> all_examples(const Dataset& dataset) {
  std::vector<Example> examples;
  for (std::int64_t i = 0; i < dataset.tasks[0].train.examples(); ++i) examples.push_back({0, i});
  return examples;
}

Tensor hidden(Backbone& bert, const Dataset& dataset, const std::vector<Example>& examples,
              const torch::TensorOptions& tensors) {
  const torch::NoGradGuard no_grad;
  const Batch batch = pack(dataset, SplitName::kTrain, examples, tensors);
  return bert.forward({.batch = batch}).rows;
}

Tensor hidden_one_by_one(Backbone& bert, const Dataset& dataset,
                         const torch::TensorOptions& tensors) {
  std::vector<Tensor> rows;
  for (const Example& example : all_examples(dataset)) {
    rows.push_back(hidden(bert, dataset, {example}, tensors));
  }
  return torch::cat(rows);
}

// Largest difference in units of the largest value: hidden states reach 10.
double error(const Tensor& ours, const Tensor& theirs) {
  return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}

std::shared_ptr<Bert> small_bert(const torch::TensorOptions& tensors) {
  const auto folder = test_folder();
  std::filesystem::copy_file(fixtures::file("small_bert.json"), folder / "config.json");
  std::filesystem::copy_file(fixtures::file("small_bert.safetensors"),
                             folder / "model.safetensors");
  return load_bert(folder, tensors);
}

Dataset small_bert_inputs(const std::map<std::string, Tensor>& fixture) {
  return fixtures::sequences(fixtures::integers(fixture.at("tokens")),
                             fixtures::integers(fixture.at("segments")),
                             fixtures::integers(fixture.at("starts")), {});
}

TEST(Parity, SmallBertInDoublePrecision) {
  const auto fixture = fixtures::tensors(fixtures::file("small_bert_expected.safetensors"));
  const Dataset inputs = small_bert_inputs(fixture);
  const auto bert = small_bert(kDouble);
  const Tensor& expected = fixture.at("hidden_float64");
  EXPECT_LE(error(hidden(*bert, inputs, all_examples(inputs), kDouble), expected), 1e-10);
  EXPECT_LE(error(hidden_one_by_one(*bert, inputs, kDouble), expected), 1e-10);
}

TEST(Parity, SmallBertInSinglePrecision) {
  const auto fixture = fixtures::tensors(fixtures::file("small_bert_expected.safetensors"));
  const Dataset inputs = small_bert_inputs(fixture);
  const auto bert = small_bert(kFloat);
  // Two orders of summation differ by 1e-6 of the largest value or so.
  EXPECT_LE(
      error(hidden(*bert, inputs, all_examples(inputs), kFloat), fixture.at("hidden_float32")),
      1e-5);
}

TEST(Parity, MiniLmHiddenStatesOfRealSentences) {
  RANKWISE_NEED_PREPARED("models/minilm-l6");
  const auto fixture = fixtures::tensors(fixtures::file("minilm_hidden.safetensors"));
  const Dataset inputs = fixtures::sequences(fixtures::integers(fixture.at("tokens")), {},
                                             fixtures::integers(fixture.at("starts")), {});
  const auto bert = load_bert(fixtures::prepared() / "models" / "minilm-l6", kFloat);
  const Tensor& expected = fixture.at("hidden");
  EXPECT_LE(error(hidden(*bert, inputs, all_examples(inputs), kFloat), expected), 1e-5);
  EXPECT_LE(error(hidden_one_by_one(*bert, inputs, kFloat), expected), 1e-5);
}

// Values of the fixture in place of our random start.
void start_as(Model& model, const std::map<std::string, Tensor>& fixture) {
  const torch::NoGradGuard no_grad;
  std::size_t copied = 0;
  for (const auto& [name, tensor] : model.state()) {
    std::string source = name;
    if (name == "fixture_weight") source = "head.weight";
    if (name == "fixture_bias") source = "head.bias";
    const auto found = fixture.find(source);
    if (found == fixture.end()) continue;
    Tensor(tensor).copy_(found->second);
    ++copied;
  }
  ASSERT_EQ(copied, 36U + 2U) << "every A and the head";
}

Tensor state_of(const Model& model, const std::string& wanted) {
  for (const auto& [name, tensor] : model.state()) {
    if (name == wanted) return tensor;
  }
  fail("the state has no {}", wanted);
}

Model peft_model(const Dataset& inputs) {
  auto bert = load_bert(fixtures::prepared() / "models" / "minilm-l6", kFloat);
  const Variant& lora = variants().find("lora");
  auto heads = std::make_shared<Heads>(std::vector<Task>{inputs.tasks[0].task}, bert->width(),
                                       GivenHead{}, Seed(0), kFloat);
  return Model(std::move(bert), lora.make(lora.resolve({{"rank", 8}, {"alpha", 16}}, "options")),
               std::move(heads),
               AttachOptions{{"encoder.layer.*"}, {.tasks = 1, .options = kFloat}});
}

TEST(Parity, PeftLoraLossesOverTwentySteps) {
  RANKWISE_NEED_PREPARED("models/minilm-l6");
  const auto fixture = fixtures::tensors(fixtures::file("peft_lora.safetensors"));
  const nlohmann::json facts = read_json(fixtures::file("peft_lora.json"));
  const Dataset inputs = fixtures::sequences(fixtures::integers(fixture.at("tokens")), {},
                                             fixtures::integers(fixture.at("starts")),
                                             fixtures::integers(fixture.at("labels")));
  Model model = peft_model(inputs);
  start_as(model, fixture);
  TrainOptions options;
  options.steps = facts.at("steps");
  options.learning_rate = facts.at("lr");
  options.weight_decay = facts.at("weight_decay");
  options.schedule = LearningSchedule::kConstant;
  options.warmup = 0;
  options.clip = 0;
  Trainer trainer(model, inputs, options, Seed(0), kFloat);
  const auto batches = fixtures::integers(fixture.at("batches"));
  const std::vector<double> expected = facts.at("losses_float64");
  const std::vector<Example> all = all_examples(inputs);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    const double loss =
        trainer.step({all.begin() + batches[step], all.begin() + batches[step + 1]}).loss;
    EXPECT_NEAR(loss, expected[step], 1e-4 * expected[step]) << "step " << step;
  }
  // AdamW turns rounding of small gradients into steps, hence a percent and not 1e-5.
  const std::string site = "encoder.layer.5.output.dense.lora_B";
  EXPECT_LE(error(state_of(model, site), fixture.at("final." + site)), 1e-2);
  EXPECT_LE(error(state_of(model, "fixture_weight"), fixture.at("final.head.weight")), 1e-2);
}

constexpr std::int32_t kClassifierToken = 101;  // [CLS]

// The two sentences of every pair as sequences of their own, [CLS] before the second.
Dataset separate_sentences(const Split& pairs) {
  std::vector<std::int64_t> tokens;
  std::vector<std::int64_t> starts{0};
  const auto finish = [&] { starts.push_back(static_cast<std::int64_t>(tokens.size())); };
  for (std::int64_t pair = 0; pair < pairs.sequences(); ++pair) {
    const std::int64_t end = pairs.starts[pair + 1];
    std::int64_t row = pairs.starts[pair];
    for (; row < end && pairs.segments[row] == 0; ++row) tokens.push_back(pairs.tokens[row]);
    finish();
    tokens.push_back(kClassifierToken);
    for (; row < end; ++row) tokens.push_back(pairs.tokens[row]);
    finish();
  }
  return fixtures::sequences(tokens, {}, starts, {});
}

// Mean vectors [S, width] of every sequence, in order.
Tensor sentence_vectors(Backbone& bert, const Dataset& sentences) {
  const torch::NoGradGuard no_grad;
  const Split& split = sentences.tasks[0].train;
  std::vector<Example> order = all_examples(sentences);
  std::stable_sort(order.begin(), order.end(), [&](const Example& a, const Example& b) {
    return split.rows_of(a.index) < split.rows_of(b.index);
  });
  Tensor vectors = torch::empty({split.sequences(), bert.width()}, kFloat);
  for (std::size_t first = 0; first < order.size(); first += 64) {
    const std::vector<Example> part(
        order.begin() + static_cast<std::ptrdiff_t>(first),
        order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), first + 64)));
    const Batch batch = pack(sentences, SplitName::kTrain, part, kFloat);
    const Tensor pooled = Heads::pool(bert.forward({.batch = batch}).rows, batch);
    for (std::size_t i = 0; i < part.size(); ++i) {
      vectors[part[i].index].copy_(pooled[static_cast<std::int64_t>(i)]);
    }
  }
  return vectors;
}

double sentence_similarity_spearman(Backbone& bert, const Split& pairs) {
  const Tensor vectors = sentence_vectors(bert, separate_sentences(pairs));
  const Tensor unit = vectors / vectors.norm(2, 1, /*keepdim=*/true);
  const Tensor cosine =
      (unit.slice(0, 0, {}, 2) * unit.slice(0, 1, {}, 2)).sum(1).to(torch::kFloat64);
  const auto* first = cosine.data_ptr<double>();
  const Scored scored{.prediction = {first, first + cosine.numel()}, .label = pairs.target};
  return metrics().find("spearman").score(scored);
}

TEST(Parity, MiniLmSimilarityOnStsBenchmark) {
  RANKWISE_NEED_PREPARED("models/minilm-l6");
  RANKWISE_NEED_PREPARED("suites/glue-minilm-l6.h5");
  const auto bert = load_bert(fixtures::prepared() / "models" / "minilm-l6", kFloat);
  const Dataset glue =
      read_token_file(fixtures::prepared() / "suites" / "glue-minilm-l6.h5", {"stsb"});
  // The model's published values (facts.md, section 3); duplicates removed by prepare move them.
  EXPECT_NEAR(sentence_similarity_spearman(*bert, glue.tasks[0].dev), 0.867, 0.002);
  EXPECT_NEAR(sentence_similarity_spearman(*bert, glue.tasks[0].test), 0.820, 0.002);
}

}  // namespace
}  // namespace rankwise

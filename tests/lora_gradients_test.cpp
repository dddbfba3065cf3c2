// Gradients of LoRA's factors at every kind of site of small decoders and T5s, against a LoRA
// written by hand around transformers (reference/lora.py).

#include "framework/adapter/variant.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/model/llama.h"
#include "framework/model/model.h"
#include "framework/model/t5.h"
#include "framework/testing/fixtures.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

using torch::Tensor;
using NamedTensors = std::map<std::string, Tensor>;

constexpr const char* kFactorA = ".lora_A";

NamedTensors expected_of(const std::string& name) {
  return fixtures::tensors(fixtures::file("small_" + name + "_expected.safetensors"));
}

std::filesystem::path checkpoint(const std::string& name) {
  const auto folder = test_folder();
  const auto whole = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(fixtures::file("small_" + name + ".json"), folder / "config.json",
                             whole);
  std::filesystem::copy_file(fixtures::file("small_" + name + ".safetensors"),
                             folder / "model.safetensors", whole);
  return folder;
}

std::vector<std::string> sites_of(const NamedTensors& expected) {
  std::vector<std::string> sites;
  for (const auto& [name, tensor] : expected) {
    if (!name.ends_with(kFactorA) || name.starts_with("gradient.")) continue;
    sites.push_back(name.substr(0, name.size() - std::string(kFactorA).size()));
  }
  return sites;
}

// The backbone with the fixture's factors on the fixture's sites.
std::unique_ptr<Model> adapted(std::shared_ptr<Backbone> backbone, const NamedTensors& expected) {
  const torch::NoGradGuard no_grad;
  const Variant& lora = variants().find("lora");
  auto heads = std::make_shared<Heads>(std::vector<Task>{Task{.name = "none"}}, backbone->width(),
                                       GivenHead{}, Seed(0), kDouble);
  auto model = std::make_unique<Model>(
      std::move(backbone), lora.make(lora.resolve({{"rank", 2}, {"alpha", 4}}, "options")),
      std::move(heads), AttachOptions{sites_of(expected), {.tasks = 1, .options = kDouble}});
  std::size_t copied = 0;
  for (const auto& [name, tensor] : model->state()) {
    const auto found = expected.find(name);
    if (found == expected.end()) continue;
    Tensor(tensor).copy_(found->second);
    ++copied;
  }
  EXPECT_EQ(copied, 2 * sites_of(expected).size());
  return model;
}

void expect_gradients(const Model& model, const NamedTensors& expected) {
  for (const auto& [name, tensor] : model.state()) {
    const auto found = expected.find("gradient." + name);
    if (found == expected.end()) continue;
    const Tensor& theirs = found->second;
    EXPECT_LE((tensor.grad() - theirs).abs().max().item<double>(),
              1e-10 * theirs.abs().max().item<double>())
        << name;
  }
}

std::vector<Example> every_example(const Dataset& data) {
  std::vector<Example> examples;
  for (std::int64_t i = 0; i < data.tasks[0].train.examples(); ++i) examples.push_back({0, i});
  return examples;
}

Dataset inputs_of(const NamedTensors& expected) {
  return fixtures::sequences(fixtures::integers(expected.at("tokens")), {},
                             fixtures::integers(expected.at("starts")), {});
}

class LoraGradientsOfDecoders : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Checkpoints, LoraGradientsOfDecoders,
                         ::testing::Values("llama3", "mistral", "qwen2"));

TEST_P(LoraGradientsOfDecoders, AreThoseOfTransformers) {
  const NamedTensors expected = expected_of(GetParam());
  const Dataset data = inputs_of(expected);
  const auto model = adapted(load_llama(checkpoint(GetParam()), kDouble), expected);
  const Batch batch = pack(data, SplitName::kTrain, every_example(data), kDouble);
  (model->backbone().forward({.batch = batch}).rows * expected.at("noise")).sum().backward();
  expect_gradients(*model, expected);
}

class LoraGradientsOfT5s : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Checkpoints, LoraGradientsOfT5s,
                         ::testing::Values("t5", "flan_t5", "tied_t5"));

TEST_P(LoraGradientsOfT5s, AreThoseOfTransformers) {
  const NamedTensors expected = expected_of(GetParam());
  Dataset data = inputs_of(expected);
  Split& split = data.tasks[0].train;
  for (const std::int64_t token : fixtures::integers(expected.at("answers"))) {
    split.answer_tokens.push_back(static_cast<std::int32_t>(token));
  }
  split.answer_starts = fixtures::integers(expected.at("answer_starts"));
  const auto model = adapted(load_t5(checkpoint(GetParam()), kDouble), expected);
  const Batch batch = pack(data, SplitName::kTrain, every_example(data), kDouble,
                           model->pack_form(Purpose::kScoring));
  const Hidden hidden = model->backbone().forward({.batch = batch});
  const Tensor logits = hidden.decoded.mm(model->backbone().vocabulary_weight().t());
  ((hidden.rows * expected.at("noise")).sum() + (logits * expected.at("logits_noise")).sum())
      .backward();
  expect_gradients(*model, expected);
}

}  // namespace
}  // namespace rankwise

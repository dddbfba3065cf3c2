// Texts against those of transformers (tests/reference/fixture_generation.py), and of routed
// variants against forwards of whole texts, one prompt at a time.

#include "framework/adapter/variant.h"
#include "framework/core/json_file.h"
#include "framework/data/doubles.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/test_adapters.h"
#include "framework/generate/generate.h"
#include "framework/testing/checkpoint_folder.h"
#include "framework/testing/toy.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using torch::Tensor;

using Tokens = std::vector<std::int32_t>;

// A model of the fixture without adapter, in fp64.
std::unique_ptr<Model> plain_model(const std::string& name) {
  const CheckpointFolder folder(name.substr(std::string("small_").size()));
  const std::string kind = name.ends_with("t5") ? "t5" : "llama";
  auto backbone = backbones().find(kind).make({{"weights", folder.folder.string()}},
                                              {.vocabulary = 1, .options = kDouble});
  auto heads = std::make_shared<Heads>(std::vector<Task>{}, backbone->width(), GivenHead{}, Seed(0),
                                       kDouble);
  return std::make_unique<Model>(std::move(backbone),
                                 variants().find("linear_probe").make(nlohmann::json::object()),
                                 std::move(heads), AttachOptions{{"*"}, {.options = kDouble}});
}

std::unique_ptr<Model> lora_model() {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  TrainedParameters trained =
      read_trained(import_peft({.folder = saved_adapter(folder, "lora"), .paths = paths}));
  trained.config.train.precision = Precision::kFp64;
  return adapted_model(trained, paths, BackboneWeights::kRead);
}

std::vector<Prompt> prompts_of(const nlohmann::json& given) {
  std::vector<Prompt> prompts;
  for (const auto& tokens : given) prompts.push_back({tokens.get<Tokens>(), 0});
  return prompts;
}

// Compares all but near ties; `expected` has the tokens, and which prompts had one.
void expect_texts(Model& model, const nlohmann::json& one, const nlohmann::json& expected,
                  const GenerationOptions& options) {
  const auto near = expected.at("near_ties").get<std::vector<std::size_t>>();
  const auto count = static_cast<std::ptrdiff_t>(expected.at("tokens").size());
  std::vector<Prompt> prompts = prompts_of(one.at("prompts"));
  prompts.resize(static_cast<std::size_t>(count));
  const GenerationInputs inputs{.end_tokens = {one.at("end").get<std::int32_t>()}};
  std::vector<std::vector<GeneratedText>> found;
  for (std::size_t first = 0; first < prompts.size(); first += 64) {
    const std::size_t end = std::min(prompts.size(), first + 64);
    for (auto& texts : generate(model,
                                {prompts.begin() + static_cast<std::ptrdiff_t>(first),
                                 prompts.begin() + static_cast<std::ptrdiff_t>(end)},
                                options, inputs)) {
      found.push_back(std::move(texts));
    }
  }
  ASSERT_EQ(found.size(), prompts.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::find(near.begin(), near.end(), i) != near.end()) continue;
    EXPECT_EQ(found[i][0].tokens, expected.at("tokens")[i].get<Tokens>()) << "prompt " << i;
    if (expected.contains("score")) {
      EXPECT_NEAR(found[i][0].score, expected.at("score")[i].get<double>(), 1e-9);
    }
  }
}

class Generation : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Models, Generation, ::testing::Values("llama", "t5"));

TEST_P(Generation, IsThatOfTransformers) {
  const nlohmann::json fixture =
      read_json(fixtures::file(std::string("generation_") + GetParam() + ".json"));
  GenerationOptions options{.max_tokens = fixture.at("limit"),
                            .beams = fixture.at("beams"),
                            .length_penalty = fixture.at("length_penalty")};
  for (const auto& one : fixture.at("cases")) {
    SCOPED_TRACE(one.at("model").get<std::string>() + one.at("adapter").get<std::string>());
    const auto model = one.at("adapter") == "" ? plain_model(one.at("model")) : lora_model();
    options.strategy = Strategy::kGreedy;
    expect_texts(*model, one, one.at("greedy"), options);
    if (!one.contains("beams")) continue;
    options.strategy = Strategy::kBeam;
    expect_texts(*model, one, one.at("beams"), options);
    options.early_stopping = true;
    expect_texts(*model, one, one.at("beams_early"), options);
    options.early_stopping = false;
  }
}

TEST(Generation, DrawsFromWhatIsLeftOfTheProbabilities) {
  for (const auto& one : read_json(fixtures::file("sampling_filters.json"))) {
    const auto logits = one.at("logits").get<std::vector<double>>();
    const auto expected = one.at("probabilities").get<std::vector<double>>();
    const std::vector<double> found = sampling_probabilities(
        torch::tensor(logits, kDouble), one.at("temperature"), one.at("top_p"));
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12);
  }
}

// The greedy tokens by a forward of the whole text for each, without a cache.
Tokens greedy_by_whole_texts(Model& model, const Prompt& prompt, std::int64_t tasks,
                             std::int64_t count) {
  const torch::NoGradGuard no_grad;
  Tokens text = prompt.tokens, grown;
  for (std::int64_t i = 0; i < count; ++i) {
    const Batch batch = text_batch({{text, prompt.task}}, tasks, torch::kCPU);
    const Hidden hidden = model.backbone().forward({.batch = batch, .count_usage = false});
    const Tensor last = hidden.rows.narrow(0, hidden.rows.size(0) - 1, 1);
    const Tensor logits = last.mm(model.backbone().vocabulary_weight().t());
    grown.push_back(static_cast<std::int32_t>(logits.argmax(1).item<std::int64_t>()));
    text.push_back(grown.back());
  }
  return grown;
}

class GenerationOfVariants : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Variants, GenerationOfVariants, ::testing::ValuesIn(variants().names()));

TEST_P(GenerationOfVariants, IsThatOfWholeTextsAndCountsEachRowOnce) {
  const toy::Recipe recipe{.variant = GetParam(), .kind = toy::Kind::kDecoder};
  const auto model = toy::model(recipe);
  const torch::NoGradGuard no_grad;
  for (const auto& [site, update] : model->adapter().attached()) {
    if (const auto pair = update->factors()) Tensor(pair->b).normal_(0, 0.3);
  }
  const Dataset& data = toy::dataset(recipe.kind);
  std::vector<Prompt> prompts;
  for (std::int32_t i = 0; i < 8; ++i) {
    Prompt prompt{.tokens = {}, .task = i % data.task_count()};
    for (std::int32_t t = 0; t <= i % 3; ++t) {
      prompt.tokens.push_back((5 * i + 3 * t) % static_cast<std::int32_t>(data.vocabulary));
    }
    prompts.push_back(std::move(prompt));
  }
  constexpr std::int64_t kTokens = 6;
  const GenerationInputs inputs{.form = {.tasks = data.task_count(), .count_usage = true}};
  const auto found = generate(*model, prompts, {.max_tokens = kTokens}, inputs);
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    EXPECT_EQ(found[i][0].tokens,
              greedy_by_whole_texts(*model, prompts[i], data.task_count(), kTokens))
        << "prompt " << i << ", margin " << found[i][0].margin;
    rows += static_cast<std::int64_t>(prompts[i].tokens.size()) + kTokens - 1;
  }
  for (const auto& [site, update] : model->adapter().attached()) {
    RankUsage* usage = update->generation_usage();
    if (usage == nullptr) continue;
    EXPECT_EQ(update->evaluation_usage()->count().sum().item<std::int64_t>(), 0) << site.name;
    if (!update->gate()->chooses_per_row()) continue;
    const double active = update->gate()->active_ranks(update->ranks(), {});
    EXPECT_EQ(usage->count().sum().item<double>(), active * static_cast<double>(rows)) << site.name;
  }
}

TEST(Generation, StopsWhereATextAppears) {
  const auto model = plain_model("small_llama3");
  const nlohmann::json one = read_json(fixtures::file("generation_llama.json")).at("cases").at(0);
  const std::vector<Prompt> prompts{prompts_of(one.at("prompts")).front()};
  TokenTexts texts;
  for (int i = 0; i < 60; ++i) texts.bytes.push_back(fmt::format("<{}>", i));
  GenerationInputs inputs{.tokens = &texts};
  const Tokens all = generate(*model, prompts, {.max_tokens = 12}, inputs)[0][0].tokens;
  ASSERT_EQ(all.size(), 12);
  // Across the bound of two tokens.
  const std::string stop = fmt::format("{}><{}", all[3], all[4]);
  const GeneratedText text =
      generate(*model, prompts, {.max_tokens = 12, .stop = {stop}}, inputs)[0][0];
  EXPECT_EQ(text.tokens, Tokens(all.begin(), all.begin() + 5));
  EXPECT_EQ(text.ended, Ended::kStop);
  inputs.tokens = nullptr;
  EXPECT_THAT(
      error_of([&] { generate(*model, prompts, {.max_tokens = 12, .stop = {stop}}, inputs); }),
      ::testing::HasSubstr("stop: "));
}

// As a rehearsal writes them: neither the end token nor the limit of all decides.
TEST(Generation, EndsWhereLengthsSay) {
  const auto model = plain_model("small_llama3");
  const nlohmann::json one = read_json(fixtures::file("generation_llama.json")).at("cases").at(0);
  std::vector<Prompt> prompts = prompts_of(one.at("prompts"));
  prompts.resize(3);
  const std::vector<std::int64_t> lengths{5, 1, 8};
  const GenerationInputs free;
  const auto whole = generate(*model, prompts, {.max_tokens = 8}, free);
  const GenerationInputs inputs{.end_tokens = {whole[2][0].tokens[1]},
                                .noise = {Seed(0), Seed(1), Seed(2)},
                                .lengths = lengths};
  for (const Strategy strategy : {Strategy::kGreedy, Strategy::kBeam, Strategy::kSample}) {
    const GenerationOptions options{.strategy = strategy, .max_tokens = 8, .beams = 2};
    const auto found = generate(*model, prompts, options, inputs);
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const Tokens& tokens = found[i][0].tokens;
      ASSERT_EQ(static_cast<std::int64_t>(tokens.size()), lengths[i]);
      if (strategy != Strategy::kGreedy) continue;
      EXPECT_TRUE(std::equal(tokens.begin(), tokens.end(), whole[i][0].tokens.begin()));
    }
  }
}

TEST(Generation, DrawsOfAPromptDependOnItsNoiseAlone) {
  const auto model = plain_model("small_llama3");
  const nlohmann::json one = read_json(fixtures::file("generation_llama.json")).at("cases").at(0);
  std::vector<Prompt> prompts = prompts_of(one.at("prompts"));
  prompts.resize(5);
  const GenerationOptions options{
      .strategy = Strategy::kSample, .max_tokens = 8, .temperature = 1.5, .samples = 3};
  std::vector<Seed> noise;
  for (std::uint64_t i = 0; i < prompts.size(); ++i) noise.push_back(Seed(4).stream(i));
  const auto together = generate(*model, prompts, options, {.noise = noise});
  const auto alone = generate(*model, {prompts[3]}, options, {.noise = {noise[3]}});
  ASSERT_EQ(together[3].size(), 3);
  for (std::size_t s = 0; s < 3; ++s) EXPECT_EQ(together[3][s].tokens, alone[0][s].tokens);
  EXPECT_NE(together[3][0].tokens, together[3][1].tokens);
}

TEST(Generation, RefusesWhatLeavesNoRoom) {
  const auto model = plain_model("small_llama3");
  EXPECT_THAT(error_of([&] {
                generate(*model, {{{1, 2}, 0}}, {.max_tokens = 100000}, {});
              }),
              ::testing::HasSubstr("ask for fewer tokens"));
  EXPECT_THAT(error_of([&] {
                generate(*model, {{{}, 0}}, {.max_tokens = 4}, {});
              }),
              ::testing::HasSubstr("a text of no tokens"));
}

}  // namespace
}  // namespace rankwise

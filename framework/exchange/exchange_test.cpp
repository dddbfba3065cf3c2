// Adapters that PEFT saved give its logits here, go back to the same bytes, and are refused where
// they say what is not read.

#include "framework/adapter/variant.h"
#include "framework/core/json_file.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/export_peft.h"
#include "framework/exchange/test_adapters.h"
#include "framework/train/evaluator.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using torch::Tensor;

const char* const kKinds[] = {"lora",    "rslora",  "dora",        "ia3",
                              "adalora", "trained", "dora_by_site"};

class SavedAdapters : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, SavedAdapters, ::testing::ValuesIn(kKinds));

TensorsByName peft_expected() { return read_tensors(fixtures::file("saved_expected.safetensors")); }

Tensor logits_of(Model& model, const TensorsByName& expected) {
  const torch::NoGradGuard no_grad;
  const Dataset data = fixtures::sequences(fixtures::integers(expected.at("tokens")), {},
                                           fixtures::integers(expected.at("starts")), {});
  const Batch batch = pack(data, SplitName::kTrain, {{0, 0}, {0, 1}, {0, 2}}, torch::kFloat32);
  const Hidden hidden = model.backbone().forward({.batch = batch});
  return hidden.rows.mm(model.backbone().vocabulary_weight().t());
}

TEST_P(SavedAdapters, GiveTheLogitsOfPeft) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = import_peft({.folder = saved_adapter(folder, GetParam()), .paths = paths});
  const auto model = adapted_model(read_trained(file), paths, BackboneWeights::kRead);
  const TensorsByName expected = peft_expected();
  const Tensor& theirs = expected.at(std::string("logits.") + GetParam());
  constexpr double kTolerance = 1e-5;  // single precision, over two layers
  EXPECT_LE((logits_of(*model, expected) - theirs).abs().max().item<double>(),
            kTolerance * theirs.abs().max().item<double>());
}

TEST_P(SavedAdapters, GoOutAndInAndOutAsTheSameBytes) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path first = import_peft({.folder = saved_adapter(folder, GetParam()), .paths = paths});
  export_peft({.parameters = first, .out = folder / "out", .base = "org/small", .paths = paths});
  const fs::path second = import_peft({.folder = folder / "out", .paths = paths});
  export_peft({.parameters = second, .out = folder / "again", .base = "org/small", .paths = paths});
  for (const char* name : {kAdapterConfig, kAdapterTensors, kOwnTensors}) {
    EXPECT_EQ(bytes_of(folder / "out" / name), bytes_of(folder / "again" / name)) << name;
  }
  EXPECT_EQ(bytes_of(first), bytes_of(second));
}

TEST(SavedAdapter, OfPlainLoraLeavesAsItCame) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path saved = saved_adapter(folder, "lora");
  const fs::path file = import_peft({.folder = saved, .paths = paths});
  export_peft({.parameters = file, .out = folder / "out", .paths = paths});
  EXPECT_EQ(bytes_of(folder / "out" / kAdapterTensors), bytes_of(saved / kAdapterTensors));
}

TEST(SavedAdapter, MaySayNothingOfPatternsThatAreEmpty) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = import_peft({.folder = saved_adapter(folder, "dora"), .paths = paths});
  export_peft({.parameters = file, .out = folder / "out", .paths = paths});
  json config = read_json(folder / "out" / kAdapterConfig);
  EXPECT_EQ(config.at("rank_pattern"), json::object());
  config.erase("rank_pattern");
  write_bytes(folder / "out" / kAdapterConfig, config.dump());
  EXPECT_EQ(error_of([&] { import_peft({.folder = folder / "out", .paths = paths}); }), "");
}

// Prompts of three tokens and the answer's one.
Dataset answered(const TensorsByName& expected) {
  Dataset data;
  data.vocabulary = 60;
  Task task{.name = "next"};
  task.kind = TaskKind::kGenerate;
  task.answered_by = AnsweredBy::kLikelihood;
  task.metrics = {"exact_match", "perplexity"};
  data.tasks.push_back({.task = task, .train = {}, .dev = {}, .test = {}});
  Split& split = data.tasks[0].test;
  for (const std::int64_t token : fixtures::integers(expected.at("prompts"))) {
    split.tokens.push_back(static_cast<std::int32_t>(token));
  }
  split.segments.assign(split.tokens.size(), 0);
  split.starts = split.groups = split.answer_starts = {0};
  for (const std::int64_t token : fixtures::integers(expected.at("answers"))) {
    const auto count = static_cast<std::int64_t>(split.groups.size());
    split.answer_tokens.push_back(static_cast<std::int32_t>(token));
    split.starts.push_back(3 * count);
    split.groups.push_back(count);
    split.answer_starts.push_back(count);
    split.answer_bytes.push_back(1);
    split.target.push_back(1);
  }
  return data;
}

TEST(SavedAdapter, ThatPeftTrainedScoresAsItDidThere) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = import_peft({.folder = saved_adapter(folder, "trained"), .paths = paths});
  const auto model = adapted_model(read_trained(file), paths, BackboneWeights::kRead);
  const TensorsByName expected = peft_expected();
  const Dataset data = answered(expected);
  const PredictionRecord found =
      Evaluator(data, 64, torch::kFloat32).evaluate(*model, SplitName::kTest, false).tasks.at(0);
  const double right = expected.at("greedy").to(torch::kFloat64).mean().item<double>();
  EXPECT_EQ(found.scores.at("exact_match"), right);
  EXPECT_GT(right, 0.9) << "it was trained";
  const double nats = -expected.at("log_probability").mean().item<double>();
  EXPECT_NEAR(found.scores.at("perplexity"), std::exp(nats), 1e-4);
}

// The message for an adapter whose config or tensors `change` spoilt.
template <class Change>
std::string refused_import(const std::string& kind, const Change& change) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path saved = saved_adapter(folder, kind);
  json config = read_json(saved / kAdapterConfig);
  TensorsByName tensors = read_tensors(saved / kAdapterTensors);
  change(config, tensors);
  write_bytes(saved / kAdapterConfig, config.dump());
  write_tensors(tensors, saved / kAdapterTensors, {});
  return error_of([&] { import_peft({.folder = saved, .paths = paths}); });
}

std::string refused_member(const std::string& name, const json& value) {
  return refused_import("lora",
                        [&](json& config, TensorsByName& /*tensors*/) { config[name] = value; });
}

TEST(Import, RefusesWhatItDoesNotReadInOneLine) {
  EXPECT_THAT(refused_member("peft_type", "VERA"),
              HasSubstr(R"(peft_type is "VERA", expected one of ADALORA, IA3, LORA)"));
  EXPECT_THAT(refused_member("lora_bias", true), HasSubstr("lora_bias is true, which changes"));
  EXPECT_THAT(refused_member("init_lora_weights", "pissa"), HasSubstr("init_lora_weights"));
  EXPECT_THAT(refused_member("modules_to_save", {"lm_head"}), HasSubstr("modules_to_save"));
  EXPECT_THAT(refused_member("loftq_config", {{"loftq_bits", 4}}), HasSubstr("quantised"));
  EXPECT_THAT(refused_member("base_model_name_or_path", "org/other"), HasSubstr("--backbone"));
  EXPECT_THAT(refused_member("r", "four"), HasSubstr("adapter_config.json"));
  EXPECT_THAT(refused_member("r", 3), HasSubstr("has shape [4, 32], expected [3, 32]"));
  EXPECT_EQ(refused_member("a_later_member", nullptr), "") << "at its default";
}

TEST(Import, RefusesTensorsThatDoNotFit) {
  const std::string a = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
  EXPECT_THAT(refused_import("lora", [&](json&, TensorsByName& t) { t.erase(a); }),
              HasSubstr("has no tensor model.layers.0.self_attn.q_proj.lora_A.weight"));
  EXPECT_THAT(refused_import("lora", [&](json&, TensorsByName& t) { t[a] = t[a].t().clone(); }),
              HasSubstr("layers.0.self_attn.q_proj.lora_A has shape [32, 4], expected [4, 32]"));
  EXPECT_THAT(
      refused_import("lora", [&](json&, TensorsByName& t) { t[a + "s"] = torch::ones({2}); }),
      HasSubstr("lora_A.weights is none that LORA has"));
  EXPECT_THAT(refused_import("lora",
                             [&](json&, TensorsByName& t) {
                               t["base_model.model.lm_head.lora_A.weight"] = torch::ones({4, 32});
                             }),
              HasSubstr("lm_head.lora_A.weight belongs to no linear"));
  EXPECT_THAT(
      refused_import("lora",
                     [&](json&, TensorsByName& t) {
                       t.erase(a);
                       t.erase("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight");
                     }),
      HasSubstr("target_modules names model.layers.0.self_attn.q_proj"));
}

TEST(Import, RefusesAQuantisedBase) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  json config = read_json(fixtures::file("small_llama3.json"));
  config["quantization_config"] = {{"load_in_4bit", true}};
  write_bytes(paths.data / "models" / "small" / "config.json", config.dump());
  const fs::path saved = saved_adapter(folder, "lora");
  EXPECT_THAT(error_of([&] { import_peft({.folder = saved, .paths = paths}); }),
              HasSubstr("is quantised"));
}

}  // namespace
}  // namespace rankwise

// A merged checkpoint computes what the adapted model did, with nothing attached.

#include "framework/exchange/export_merged.h"

#include "framework/adapter/variant.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/model_outputs.h"
#include "framework/exchange/test_adapters.h"
#include "framework/io/safetensors.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class MergedAdapters : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, MergedAdapters,
                         ::testing::Values("lora", "rslora", "dora", "ia3", "adalora"));

TEST_P(MergedAdapters, AreTheAdaptedModel) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = import_peft({.folder = saved_adapter(folder, GetParam()), .paths = paths});
  const MergedExport made =
      export_merged({.parameters = file, .out = folder / "merged", .paths = paths});
  EXPECT_LE(made.difference, made.tolerance);
  TrainedParameters trained = read_trained(file);
  const auto adapted = adapted_model(trained, paths, BackboneWeights::kRead);
  trained.config.backbone_options["weights"] = made.folder.string();
  const auto merged = adapted_model(trained, paths, BackboneWeights::kRead);
  for (auto [name, linear] : merged->backbone().linears()) linear->attach(nullptr);
  const double difference =
      relative_difference(model_outputs(*merged, 60, {}), model_outputs(*adapted, 60, {}));
  EXPECT_LE(difference, 1e-5);
  EXPECT_EQ(safetensors::Reader(folder / "merged" / "model.safetensors").names(),
            safetensors::Reader(paths.data / "models" / "small" / "model.safetensors").names());
  EXPECT_EQ(bytes_of(folder / "merged" / "config.json"),
            bytes_of(paths.data / "models" / "small" / "config.json"));
}

// Parameters of a variant with their random start, but for B, on the tiny checkpoint and two tasks.
fs::path untrained(const std::string& variant, const nlohmann::json& options, const Paths& paths,
                   const std::string& family = "llama",
                   const std::string& sites = "layers.*.self_attn.?_proj") {
  const RunConfig config = resolve_run({{"variant", variant},
                                        {"options", options},
                                        {"sites", {sites}},
                                        {"backbone", {{"name", family}, {"weights", "small"}}}},
                                       "run");
  auto backbone = backbones().find(family).make(
      config.backbone_options,
      {.models = paths.data / "models", .vocabulary = 1, .options = torch::kFloat32});
  auto heads = std::make_shared<Heads>(std::vector<Task>{}, backbone->width(), GivenHead{}, Seed(0),
                                       torch::kFloat32);
  Model model(backbone, variants().find(variant).make(config.options), heads,
              AttachOptions{config.sites, {.tasks = 2, .options = torch::kFloat32}});
  const torch::NoGradGuard no_grad;
  for (const auto& attached : model.adapter().attached()) {
    if (const auto pair = attached.update->factors()) torch::Tensor(pair->b).fill_(0.01);
  }
  const fs::path file = paths.results / (variant + ".safetensors");
  const auto state = model.state();
  const TensorsByName tensors(state.begin(), state.end());
  write_tensors(tensors, file,
                {{"variant", variant},
                 {"tasks", R"(["first", "second"])"},
                 {"config", config.to_json().dump()}});
  return file;
}

// A tiny checkpoint whose floating tensors are stored in `type`.
Paths small_checkpoint(const fs::path& folder, const std::string& fixture, torch::ScalarType type) {
  const Paths paths{.data = folder / "data", .results = folder};
  const fs::path weights = paths.data / "models" / "small";
  fs::create_directories(weights);
  fs::copy_file(fixtures::file(fixture + ".json"), weights / "config.json");
  TensorsByName tensors = read_tensors(fixtures::file(fixture + ".safetensors"));
  for (auto& [name, tensor] : tensors) tensor = tensor.to(type);
  write_tensors(tensors, weights / "model.safetensors", {{"format", "pt"}});
  return paths;
}

struct Stored {
  std::string fixture, family, sites;
  torch::ScalarType type;
};

class MergedCheckpoints : public ::testing::TestWithParam<Stored> {};
INSTANTIATE_TEST_SUITE_P(
    Types, MergedCheckpoints,
    ::testing::Values(
        Stored{"small_llama3", "llama", "layers.*.self_attn.?_proj", torch::kFloat16},
        Stored{"small_llama3", "llama", "layers.*.self_attn.?_proj", torch::kBFloat16},
        Stored{"small_t5", "t5", "*SelfAttention.?", torch::kFloat32},
        Stored{"small_flan_t5", "t5", "decoder.*EncDecAttention.?", torch::kBFloat16}));

TEST_P(MergedCheckpoints, KeepTheirTypeAndWhatIsNotAdapted) {
  const auto& [fixture, family, sites, type] = GetParam();
  const fs::path folder = test_folder();
  const Paths paths = small_checkpoint(folder, fixture, type);
  const fs::path file = untrained("lora", {{"rank", 4}}, paths, family, sites);
  const MergedExport made =
      export_merged({.parameters = file, .out = folder / "merged", .paths = paths});
  EXPECT_LE(made.difference, made.tolerance);
  const TensorsByName before = read_tensors(paths.data / "models" / "small" / "model.safetensors");
  const TensorsByName after = read_tensors(folder / "merged" / "model.safetensors");
  ASSERT_EQ(after.size(), before.size());
  const TrainedParameters trained = read_trained(file);
  const auto adapted = adapted_model(trained, paths, BackboneWeights::kRead);
  std::set<std::string> sites_with_updates;
  for (const PeftSite& site : peft_sites(*adapted, exchanged_kind(trained.config))) {
    sites_with_updates.insert(site.module + ".weight");
  }
  for (const auto& [name, tensor] : after) {
    EXPECT_EQ(tensor.scalar_type(), type) << name;
    EXPECT_EQ(torch::equal(tensor, before.at(name)), !sites_with_updates.contains(name)) << name;
  }
}

TEST(Export, MakesOneLoraATaskWhereTasksDifferInRank) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = untrained("more", {{"selector", "given"}, {"ranks", {2, 5}}}, paths);
  const auto folders = export_peft({.parameters = file, .out = folder / "out", .paths = paths});
  ASSERT_EQ(folders.size(), 2);
  const PeftFolder second = read_peft_folder(folders[1]);
  EXPECT_EQ(second.config.at("r"), 5);
  EXPECT_EQ(second.config.at("lora_alpha"), 32.0 / 8 * 5 / 2 * 5) << "alpha / r times r_t / T";
  const TrainedParameters more = read_trained(file);
  const auto model = adapted_model(more, paths, BackboneWeights::kRead);
  const fs::path back = import_peft({.folder = folders[1], .paths = paths});
  const auto lora = adapted_model(read_trained(back), paths, BackboneWeights::kRead);
  EXPECT_LE(relative_difference(model_outputs(*lora, 60, {}), model_outputs(*model, 60, {1, 2})),
            1e-6);
  EXPECT_GT(relative_difference(model_outputs(*lora, 60, {}), model_outputs(*model, 60, {0, 2})),
            1e-3);
}

TEST(Export, RefusesRanksThatTokensChoose) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = untrained("smora", {{"rank", 8}, {"active", 2}}, paths);
  const ExportRequest request{.parameters = file, .out = folder / "out", .paths = paths};
  EXPECT_THAT(error_of([&] { export_peft(request); }), HasSubstr("differs from token to token"));
  EXPECT_THAT(error_of([&] { export_merged(request); }), HasSubstr("differs from token to token"));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST(Export, RefusesToMergeTasksThatDiffer) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = untrained("more", {{"selector", "given"}, {"ranks", {2, 5}}}, paths);
  ExportRequest request{.parameters = file, .out = folder / "out", .paths = paths};
  EXPECT_THAT(error_of([&] { export_merged(request); }),
              AllOf(HasSubstr("first, second"), HasSubstr("--task")));
  request.task = "second";
  EXPECT_LE(export_merged(request).difference, 1e-5);
  request.task = "third";
  request.out = folder / "third";
  EXPECT_THAT(error_of([&] { export_merged(request); }), HasSubstr("--task third"));
}

TEST(Export, RefusesAMergeThatIsTooFarOff) {
  const fs::path folder = test_folder();
  const Paths paths = small_decoder(folder);
  const fs::path file = import_peft({.folder = saved_adapter(folder, "lora"), .paths = paths});
  const ExportRequest request{.parameters = file, .out = folder / "out", .paths = paths};
  EXPECT_THAT(error_of([&] { export_merged(request, 0.0); }), HasSubstr("more than the tolerance"));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

}  // namespace
}  // namespace rankwise

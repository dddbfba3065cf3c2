// Checkpoints as other programs write them, and those that are refused.

#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/core/switches.h"
#include "framework/data/doubles.h"
#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"
#include "framework/model/bert.h"
#include "framework/model/load_weights.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <sstream>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;
using Tensors = std::vector<std::pair<std::string, Tensor>>;

// small_bert of the fixtures in a folder of its own, for tests that change it.
class WeightsFolder {
 public:
  WeightsFolder() {
    fs::copy_file(fixtures::file("small_bert.json"), folder / "config.json");
    fs::copy_file(fixtures::file("small_bert.safetensors"), whole());
  }
  fs::path whole() const { return folder / "model.safetensors"; }
  fs::path index() const { return folder / "model.safetensors.index.json"; }
  void set(const std::string& key, const nlohmann::json& value) const {
    nlohmann::json config = read_json(folder / "config.json");
    config[key] = value;
    write_bytes(folder / "config.json", config.dump());
  }
  void erase(const std::string& key) const {
    nlohmann::json config = read_json(folder / "config.json");
    config.erase(key);
    write_bytes(folder / "config.json", config.dump());
  }
  Tensors tensors() const {
    const auto read = fixtures::tensors(whole());
    return {read.begin(), read.end()};
  }
  // Writes the tensors back, each as `change` gives it, with its name.
  void rewrite(const std::function<void(std::string& name, Tensor& tensor)>& change) const {
    Tensors changed = tensors();
    for (auto& [name, tensor] : changed) change(name, tensor);
    save_tensors(changed, whole());
  }
  // The layers in the second of two shards, all else in the first.
  void shard() const {
    std::map<std::string, Tensors> shards;
    nlohmann::json map;
    for (const auto& [name, tensor] : tensors()) {
      const char* file = name.starts_with("encoder.") ? kSecond : kFirst;
      shards[file].emplace_back(name, tensor);
      map[name] = file;
    }
    for (const auto& [file, part] : shards) save_tensors(part, folder / file);
    write_bytes(index(),
                nlohmann::json{{"metadata", {{"total_size", 1}}}, {"weight_map", map}}.dump());
    fs::remove(whole());
  }
  void set_in_index(const std::string& name, const nlohmann::json& file) const {
    nlohmann::json read = read_json(index());
    read["weight_map"][name] = file;
    write_bytes(index(), read.dump());
  }
  std::shared_ptr<Bert> load() const { return load_bert(folder, kDouble); }
  std::string refusal() const {
    return error_of([&] { load(); });
  }

  static constexpr const char* kFirst = "model-00001-of-00002.safetensors";
  static constexpr const char* kSecond = "model-00002-of-00002.safetensors";
  fs::path folder = test_folder();
};

void expect_same(const Bert& left, const Bert& right) {
  const auto expected = left.named_parameters();
  for (const auto& item : right.named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), expected[item.key()])) << item.key();
  }
}

TEST(LoadBert, RefusesWhatItCanNotCompute) {
  const WeightsFolder weights;
  EXPECT_EQ(weights.refusal(), "");
  weights.set("model_type", "roberta");
  EXPECT_THAT(weights.refusal(), HasSubstr("model_type is 'roberta', expected 'bert'"));
  weights.set("model_type", "bert");
  weights.set("hidden_act", "relu");
  EXPECT_THAT(weights.refusal(), HasSubstr("hidden_act is 'relu', expected 'gelu'"));
}

TEST(LoadBert, RefusesSizesThatDoNotFit) {
  const WeightsFolder weights;
  weights.set("num_attention_heads", 5);
  EXPECT_THAT(weights.refusal(), HasSubstr("32 is not a multiple of 5"));
  weights.set("num_attention_heads", 4);
  weights.set("num_hidden_layers", 0);
  EXPECT_THAT(weights.refusal(),
              HasSubstr("'num_hidden_layers' is missing or not a positive integer"));
  weights.set("num_hidden_layers", 3);
  EXPECT_THAT(weights.refusal(), HasSubstr("encoder.layer.2."));
  weights.set("num_hidden_layers", 2);
  weights.set("intermediate_size", 63);
  EXPECT_THAT(weights.refusal(), HasSubstr("has shape [64, 32], expected [63, 32]"));
}

TEST(LoadBert, RefusesMissingAndTruncatedFiles) {
  const WeightsFolder weights;
  EXPECT_THAT(error_of([&] { load_bert(weights.folder / "no", kDouble); }),
              HasSubstr("scripts/prepare --backbone no"));
  const auto file = weights.folder / "model.safetensors";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_THAT(weights.refusal(), HasSubstr("model.safetensors"));
}

TEST(LoadBert, RefusesMembersThatChangeTheModel) {
  const WeightsFolder weights;
  const auto refusal_of = [&](const char* key, const nlohmann::json& value) {
    weights.set(key, value);
    const std::string refusal = weights.refusal();
    weights.erase(key);
    return refusal;
  };
  EXPECT_THAT(
      refusal_of("position_embedding_type", "relative_key"),
      HasSubstr("config.json: position_embedding_type is 'relative_key', expected 'absolute'"));
  EXPECT_THAT(refusal_of("is_decoder", true), HasSubstr("is_decoder is true, expected false"));
  EXPECT_THAT(refusal_of("pruned_heads", {{"0", {1}}}), HasSubstr("expected {}"));
  EXPECT_THAT(refusal_of("rotary", true),
              HasSubstr("rotary is true, and this program does not know that member"));
  EXPECT_EQ(refusal_of("rotary", nullptr), "");
  EXPECT_EQ(refusal_of("torch_dtype", "float16"), "");
  EXPECT_EQ(refusal_of("id2label", {{"0", "no"}}), "");
  weights.set("hidden_size", std::uint64_t{1} << 63);
  EXPECT_THAT(weights.refusal(), HasSubstr("'hidden_size' is missing or not a positive integer"));
}

TEST(LoadBert, RefusesFewerLayersThanTheWeightsHave) {
  const WeightsFolder weights;
  weights.set("num_hidden_layers", 1);
  EXPECT_THAT(weights.refusal(), HasSubstr("model.safetensors: tensor encoder.layer.1."));
  EXPECT_THAT(weights.refusal(),
              HasSubstr("and 15 more, up to encoder.layer.1.output.dense.weight, "
                        "are not used"));
}

TEST(LoadBert, RefusesTensorsOfItsOwnThatItDoesNotUse) {
  const WeightsFolder weights;
  Tensors more = weights.tensors();
  more.emplace_back("cls.predictions.bias", torch::zeros({3}));  // a head: not the encoder's
  save_tensors(more, weights.whole());
  EXPECT_EQ(weights.refusal(), "");
  more.emplace_back("encoder.layer.0.attention.self.distance_embedding.weight", torch::zeros({3}));
  save_tensors(more, weights.whole());
  EXPECT_THAT(weights.refusal(), HasSubstr("distance_embedding.weight is not used by the model"));
}

TEST(LoadBert, ReadsTheNamesOfOldCheckpoints) {
  const WeightsFolder weights;
  const auto plain = weights.load();
  weights.rewrite([](std::string& name, Tensor&) {
    const auto end = name.rfind('.');
    if (name.find("LayerNorm") != std::string::npos) {
      name = name.substr(0, end) + (name.ends_with("weight") ? ".gamma" : ".beta");
    }
    name = "bert." + name;
  });
  EXPECT_EQ(weights.refusal(), "");
  expect_same(*plain, *weights.load());
}

TEST(LoadBert, ReadsWeightsOfAnyFloatingType) {
  for (const auto type : {torch::kFloat16, torch::kBFloat16, torch::kFloat32, torch::kFloat64}) {
    const WeightsFolder weights;
    // Values that every type holds exactly.
    weights.rewrite([](std::string&, Tensor& tensor) {
      if (tensor.is_floating_point()) tensor = (tensor * 4).round() / 4;
    });
    const auto plain = weights.load();
    weights.rewrite([&](std::string&, Tensor& tensor) {
      if (tensor.is_floating_point()) tensor = tensor.to(type);
    });
    expect_same(*plain, *weights.load());
  }
  const WeightsFolder weights;
  weights.rewrite([](std::string&, Tensor& tensor) { tensor = tensor.to(torch::kInt64); });
  EXPECT_THAT(weights.refusal(), HasSubstr("has type I64, expected F64, F32, F16 or BF16"));
}

TEST(LoadBert, RefusesWeightsThatAreNotFinite) {
  const WeightsFolder weights;
  weights.rewrite([](std::string& name, Tensor& tensor) {
    if (name == "encoder.layer.1.output.dense.bias") tensor[3] = std::nan("");
  });
  EXPECT_THAT(
      weights.refusal(),
      HasSubstr("model.safetensors: tensor encoder.layer.1.output.dense.bias has values that "
                "are not finite numbers"));
}

TEST(Shards, GiveTheSameModel) {
  const WeightsFolder weights;
  const auto plain = weights.load();
  EXPECT_THAT(weight_files(weights.folder), ElementsAre(weights.whole()));
  weights.shard();
  EXPECT_THAT(weight_files(weights.folder), ElementsAre(weights.folder / WeightsFolder::kFirst,
                                                        weights.folder / WeightsFolder::kSecond));
  expect_same(*plain, *weights.load());
}

TEST(Shards, AllEnterTheDigest) {
  const WeightsFolder weights;
  const auto digest = [&] {
    return backbones().find("bert").weights_sha256(
        {{"weights", weights.folder.filename().string()}}, weights.folder.parent_path());
  };
  weights.shard();
  const std::string before = digest();
  save_tensors({{"pooler.dense.bias", torch::zeros({1})}}, weights.folder / WeightsFolder::kSecond);
  EXPECT_NE(digest(), before);
}

TEST(Weights, ConfigAndTokenizerEnterTheDigest) {
  const WeightsFolder weights;
  const auto digest = [&] {
    return backbones().find("bert").weights_sha256(
        {{"weights", weights.folder.filename().string()}}, weights.folder.parent_path());
  };
  const std::string before = digest();
  write_bytes(weights.folder / "tokenizer.json", "{}");
  const std::string tokenized = digest();
  EXPECT_NE(tokenized, before);
  nlohmann::json config = read_json(weights.folder / "config.json");
  write_bytes(weights.folder / "config.json", config.dump(4));
  EXPECT_EQ(digest(), tokenized) << "white space says nothing";
  config["num_attention_heads"] = 1;
  write_bytes(weights.folder / "config.json", config.dump());
  EXPECT_NE(digest(), tokenized);
}

TEST(Shards, RefuseAWholeFileBesideThem) {
  const WeightsFolder weights;
  fs::copy_file(weights.whole(), weights.folder / "kept");
  weights.shard();
  fs::rename(weights.folder / "kept", weights.whole());
  EXPECT_EQ(weights.refusal(),
            weights.folder.string() +
                ": holds both model.safetensors and "
                "model.safetensors.index.json; delete the one that is out of date");
  fs::remove(weights.index());
  EXPECT_THAT(weights.refusal(), HasSubstr("model.safetensors and model-00001-of-00002"));
  fs::remove(weights.whole());
  EXPECT_THAT(weights.refusal(), HasSubstr("but no model.safetensors.index.json"));
}

TEST(Shards, RefuseAnIndexThatDisagrees) {
  const WeightsFolder weights;
  weights.shard();
  const std::string name = "embeddings.word_embeddings.weight";
  weights.set_in_index(name, WeightsFolder::kSecond);
  EXPECT_THAT(weights.refusal(), HasSubstr("index.json: puts tensor " + name +
                                           " into model-00002-of-00002.safetensors, which does not "
                                           "hold it; fetch the index and all shards"));
  weights.set_in_index(name, WeightsFolder::kFirst);
  weights.set_in_index("more", "model-00003-of-00002.safetensors");
  EXPECT_THAT(weights.refusal(), HasSubstr("model-00003-of-00002.safetensors, which is not there"));
  weights.set_in_index("more", "../model.safetensors");
  EXPECT_THAT(weights.refusal(), HasSubstr("expected the name of a file beside it"));
  weights.set_in_index("more", 3);
  EXPECT_THAT(weights.refusal(), HasSubstr("puts more into 3"));
}

TEST(Shards, RefuseFilesAndTensorsThatTheIndexDoesNotName) {
  const WeightsFolder weights;
  weights.shard();
  const fs::path third = weights.folder / "model-00003-of-00003.safetensors";
  save_tensors({{"more", torch::zeros({2})}}, third);
  EXPECT_THAT(weights.refusal(), HasSubstr("00003.safetensors: is not in model.safetensors.index"));
  weights.set_in_index("another", third.filename().string());
  EXPECT_THAT(weights.refusal(), HasSubstr("puts tensor another into model-00003"));
  fs::remove(third);
  fs::copy_file(weights.folder / WeightsFolder::kFirst, third);
  EXPECT_THAT(weights.refusal(), HasSubstr("model-00003-of-00003.safetensors too"));
}

// The name of the file that is mapped at this place; empty where none is.
std::string mapped_at(const void* place) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t first = 0, end = 0;
    char dash = 0;
    words >> std::hex >> first >> dash >> end;
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    const std::size_t path = line.find('/');
    if (first <= at && at < end && path != std::string::npos) return line.substr(path);
  }
  return "";
}

TEST(MappedWeights, StayInTheirFileAndChangeForThisProcessAlone) {
  const WeightsFolder weights;
  weights.rewrite([](const std::string&, Tensor& tensor) { tensor = tensor.to(torch::kFloat64); });
  const torch::NoGradGuard no_grad;
  Tensor changed = weights.load()->parameters().front();  // outlives its model
  const Tensor was = changed.clone();
  EXPECT_EQ(mapped_at(changed.data_ptr()), fs::canonical(weights.whole()));
  changed.add_(1);
  EXPECT_TRUE(torch::equal(changed, was + 1));
  EXPECT_TRUE(torch::equal(weights.load()->parameters().front(), was));
}

TEST(MappedWeights, AreThoseThatACopyHas) {
  const WeightsFolder weights;
  weights.rewrite([](const std::string&, Tensor& tensor) { tensor = tensor.to(torch::kFloat64); });
  const auto mapped = weights.load()->parameters();
  const Without without("mapped-weights");
  const auto copied = weights.load()->parameters();
  ASSERT_EQ(mapped.size(), copied.size());
  for (std::size_t i = 0; i < mapped.size(); ++i) {
    EXPECT_TRUE(torch::equal(mapped[i], copied[i]));
    EXPECT_EQ(mapped_at(copied[i].data_ptr()), "");
  }
}

TEST(MappedWeights, AreCopiedWhereTheFileHasAnotherPrecisionOrPlace) {
  const WeightsFolder weights;
  weights.rewrite([](const std::string&, Tensor& tensor) { tensor = tensor.to(torch::kFloat32); });
  EXPECT_EQ(mapped_at(weights.load()->parameters().front().data_ptr()), "");

  weights.rewrite([](const std::string&, Tensor& tensor) { tensor = tensor.to(torch::kFloat64); });
  std::string bytes = read_file(weights.whole());
  bytes.insert(
      8 + static_cast<unsigned char>(bytes[0]) + 256U * static_cast<unsigned char>(bytes[1]),
      " ");  // behind the header
  bytes[0] = static_cast<char>(static_cast<unsigned char>(bytes[0]) + 1);
  ASSERT_NE(bytes[0], '\0');
  write_bytes(weights.whole(), bytes);
  EXPECT_EQ(mapped_at(weights.load()->parameters().front().data_ptr()), "");
}

}  // namespace
}  // namespace rankwise

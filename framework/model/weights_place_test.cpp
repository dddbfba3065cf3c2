#include "framework/model/weights_place.h"

#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <string>

namespace rankwise {
namespace {

using ::testing::HasSubstr;

TEST(WeightsPlace, ANameIsBelowTheModelsAndAPathLiesWhereItLies) {
  EXPECT_EQ(weights_folder("data/models", "minilm-l6"), "data/models/minilm-l6");
  EXPECT_EQ(weights_folder("data/models", "/hub/qwen"), "/hub/qwen");
  EXPECT_EQ(weights_folder("data/models", "./qwen"), "./qwen");
}

TEST(WeightsPlace, IsCalledByItsFolderOrByTheHubsModel) {
  EXPECT_EQ(weights_name("minilm-l6"), "minilm-l6");
  EXPECT_EQ(weights_name("/models/Qwen2.5-0.5B"), "Qwen2.5-0.5B");
  EXPECT_EQ(weights_name("/models/Qwen2.5-0.5B/"), "Qwen2.5-0.5B");
  EXPECT_EQ(weights_name("/hub/models--google--flan-t5-base/snapshots/7bcac572ce56"),
            "google--flan-t5-base");
}

TEST(WeightsPlace, ConfigSaysWhichBackboneReadsIt) {
  const auto folder = test_folder();
  const auto of_type = [&](const std::string& type) {
    write_file(folder / "config.json", R"({"model_type": ")" + type + R"("})");
    return backbone_of(folder);
  };
  EXPECT_EQ(of_type("mistral"), "llama");
  EXPECT_EQ(of_type("bert"), "bert");
  EXPECT_EQ(of_type("t5"), "t5");
  EXPECT_THAT(error_of([&] { of_type("gpt2"); }),
              HasSubstr("config.json: model_type is \"gpt2\", expected one of bert, llama"));
  EXPECT_THAT(error_of([&] { backbone_of(folder / "none"); }), HasSubstr("no such weights"));
}

TEST(WeightsPlace, HashesOfBigFilesAreKeptByPathSizeAndTime) {
  const auto folder = test_folder();
  const auto file = folder / "model.safetensors", memory = folder / "hashes.json";
  write_file(file, std::string(std::size_t{1} << 24, 'a'));
  const std::string digest = sha256_file(file);
  EXPECT_EQ(remembered_sha256(file, memory), digest);
  nlohmann::json kept = read_json(memory);
  ASSERT_EQ(kept.size(), 1U);
  kept.front()["sha256"] = "remembered";
  write_file(memory, kept.dump());
  EXPECT_EQ(remembered_sha256(file, memory), "remembered");
  std::filesystem::last_write_time(
      file, std::filesystem::last_write_time(file) + std::chrono::seconds(1));
  EXPECT_EQ(remembered_sha256(file, memory), digest) << "the file has changed";
}

TEST(WeightsPlace, SmallFilesAreNotKeptAndADamagedMemoryIsMadeAnew) {
  const auto folder = test_folder();
  const auto file = folder / "model.safetensors", memory = folder / "hashes.json";
  write_file(file, "small");
  EXPECT_EQ(remembered_sha256(file, memory), sha256_file(file));
  EXPECT_FALSE(std::filesystem::exists(memory));
  write_file(file, std::string(std::size_t{1} << 24, 'b'));
  write_file(memory, "{\"half");
  EXPECT_EQ(remembered_sha256(file, memory), sha256_file(file));
  EXPECT_EQ(read_json(memory).size(), 1U);
}

}  // namespace
}  // namespace rankwise

#include "framework/record/checkpoint_facts.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <cstddef>
#include <limits>

namespace rankwise {
namespace {

using safetensors::Reader;
using ::testing::HasSubstr;

const CheckpointFacts kFacts{.config_hash = "0123456789abcdef",
                             .step = 120,
                             .last_evaluation = 100,
                             .best_step = 50,
                             .best_score = 1.0 / 3};

// A checkpoint of one tensor, with these metadata sealed.
std::filesystem::path saved(const std::map<std::string, std::string>& metadata) {
  static const std::vector<float> kNumbers{1, 2, 3, 4};
  const auto file = test_folder() / "a.checkpoint.safetensors";
  const std::map<std::string, safetensors::View> tensors{
      {"state.a", {safetensors::Dtype::kF32, {2, 2}, std::as_bytes(std::span(kNumbers))}}};
  safetensors::write(file, tensors, safetensors::sealed(tensors, metadata));
  return file;
}

std::string refusal(const std::filesystem::path& file) {
  return error_of([&] { checkpoint_facts(Reader(file)); });
}

TEST(CheckpointFacts, ComeBackToTheLastBit) {
  CheckpointFacts facts = kFacts;
  for (const double score : {1.0 / 3, -0.0, 1e-320, -std::numeric_limits<double>::infinity()}) {
    facts.best_score = score;
    EXPECT_EQ(checkpoint_facts(Reader(saved(to_metadata(facts)))), facts) << score;
  }
}

TEST(CheckpointFacts, NoticeEveryBitThatChanged) {
  const auto file = saved(to_metadata(kFacts));
  const std::string whole = bytes_of(file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_bytes(file, changed);
    if (refusal(file).empty()) {  // spaces behind the header, which say nothing
      EXPECT_EQ(whole[at], ' ') << at;
    }
  }
}

TEST(CheckpointFacts, NoticeEveryCut) {
  const auto file = saved(to_metadata(kFacts));
  const std::string whole = bytes_of(file);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(file, whole.substr(0, size));
    EXPECT_NE(refusal(file), "") << size;
  }
}

TEST(CheckpointFacts, AreOfOneVersion) {
  auto metadata = to_metadata(kFacts);
  metadata["version"] = "2";
  EXPECT_THAT(refusal(saved(metadata)),
              HasSubstr(": is a checkpoint of version 2, this program reads 1"));
  metadata.erase("format");
  EXPECT_THAT(refusal(saved(metadata)), HasSubstr(": is no checkpoint that this program reads"));
}

TEST(CheckpointFacts, AreNumbers) {
  for (const char* text : {"", "1.5", "12x", "9223372036854775808", "-1"}) {
    auto metadata = to_metadata(kFacts);
    metadata["step"] = text;
    EXPECT_THAT(refusal(saved(metadata)), HasSubstr("its step is ")) << text;
  }
}

}  // namespace
}  // namespace rankwise

// What a run needs is counted before it is taken.

#include "framework/run/memory.h"

#include "framework/adapter/variant.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

RunConfig config_of(const std::string& variant, const json& options = json::object(),
                    std::int64_t batch = 8) {
  return resolve_run({{"variant", variant},
                      {"options", options},
                      {"backbone", {{"name", "tiny"}}},
                      {"data", {{"suite", "planted"}}},
                      {"train", {{"batch", batch}}}},
                     "run");
}

MemoryNeed need_of(const RunConfig& config) {
  return memory_need(config, {}, set_up(config, {}, "cpu"));
}

TEST(Memory, CountsWhatAModelHolds) {
  for (const std::string& variant : variants().names()) {
    const RunConfig config = config_of(variant);
    const RunSetup setup = set_up(config, {}, "cpu");
    const MemoryNeed need = memory_need(config, {}, setup);
    double parameters = 0;
    for (const torch::Tensor& tensor : setup.model->parameters()) {
      parameters += static_cast<double>(tensor.nbytes());
    }
    EXPECT_GE(need.model, parameters) << variant;
    EXPECT_LT(need.total(), 1e8) << variant;
  }
}

TEST(Memory, CountsGradientMomentsAndTheBestCopy) {
  const MemoryNeed need = need_of(config_of("lora", {{"rank", 4}}));
  // Three layers of 32 x 32 frozen; A and B of 4 x 32 each; four bytes each.
  const double trained = 3 * 2 * 4 * 32 * 4;
  EXPECT_EQ(need.training, 4 * trained);
  EXPECT_GE(need.model, 3 * 32 * 32 * 4 + trained);
}

TEST(Memory, OfABatchGrowsWithTheRowsAtOnce) {
  RunConfig config = config_of("lora", json::object(), 1000);
  const double whole = need_of(config).batch;
  // A row's position, task and 32 values, the example's number and how many rows it has.
  EXPECT_EQ(whole, 1000.0 * (2 * 8 + 32 * 4 + sizeof(Example) + 8));
  config.train.micro_batch = 10;
  EXPECT_LT(need_of(config).batch, whole / 5);
  config.train.micro_batch = 0;
  config.train.chunk_rows = 10;
  EXPECT_LT(need_of(config).batch, whole / 5);
}

TEST(Memory, RefusesWhatNoMachineHas) {
  for (const RunConfig& config : {config_of("lora", {{"rank", 1000000000}}),
                                  config_of("smora", {{"rank", 1000000000}, {"active", 2}}),
                                  config_of("moslora", {{"rank", 1000000000}})}) {
    EXPECT_THAT(error_of([&] { set_up(config, {}, "cpu"); }), HasSubstr("lower the variant's rank"))
        << config.variant;
  }
  RunConfig config = config_of("lora");
  const RunSetup setup = set_up(config, {}, "cpu");
  config.train.batch = 1000000000;
  EXPECT_THAT(error_of([&] { check_memory(memory_need(config, {}, setup), 1e10); }),
              HasSubstr("lower train.batch or train.micro_batch"));
}

TEST(Memory, NamesBothNumbers) {
  const double gib = 1024.0 * 1024 * 1024;
  check_memory({.model = gib, .training = gib}, 2 * gib);
  EXPECT_EQ(error_of([&] { check_memory({.model = gib, .training = 2 * gib}, 2 * gib); }),
            "the run needs at least 3 GiB of memory (3 GiB for model and optimizer), and this "
            "machine has 2 GiB; lower the variant's rank, or adapt fewer sites");
}

TEST(Memory, OfThisMachineIsMoreThanATest) {
  EXPECT_GT(machine_memory(), 1e8);
  EXPECT_LT(machine_memory(), 1e15);
}

TEST(Memory, SizesAreReadable) {
  EXPECT_EQ(size_text(1536), "1.5 KiB");
  EXPECT_EQ(size_text(3e15), "2.665 PiB");
  EXPECT_EQ(size_text(1e24), "8.674e+05 EiB");
}

}  // namespace
}  // namespace rankwise

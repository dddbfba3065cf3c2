#include "framework/record/merge_record.h"

#include "framework/core/json.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::HasSubstr;

const RunLayout kLayout{
    .tasks = {{"a", "", "classify", 2, {"accuracy"}}, {"b", "", "classify", 2, {"accuracy"}}},
    .sites = {{.name = "x", .in = 3, .out = 3}}};

MergeRecord record() {
  return {.models = 2,
          .before = {0.9, 0.8},
          .after = {0.6, 0.7},
          .cka = {1, 0.5},
          .cosine = {1, 0.25, 0.25, 1},
          .overlap = {1, 0.5, 0.5, 1},
          .smallest_angle = {0, 60, 60, 0},
          .mean_angle = {0, 75, 75, 0},
          .interference = {1.25}};
}

std::filesystem::path written(const MergeRecord* merge) {
  auto path = test_folder() / "m.h5";
  RunWriter writer(path, kLayout, {{"label", "m"}});
  writer.finish({}, nlohmann::json::object(), merge);
  return path;
}

TEST(MergeRecord, ComesBack) {
  const MergeRecord whole = record();
  EXPECT_EQ(RunFile(written(&whole)).merge(), whole);
  MergeRecord scores = record();
  scores.cosine.clear();
  scores.overlap.clear();
  scores.smallest_angle.clear();
  scores.mean_angle.clear();
  scores.interference.clear();
  EXPECT_EQ(RunFile(written(&scores)).merge(), scores) << "updates that are no matrices";
  EXPECT_FALSE(RunFile(written(nullptr)).merge().has_value());
}

TEST(MergeRecord, RefusesArraysOfAnotherSize) {
  MergeRecord wrong = record();
  wrong.cka.pop_back();
  EXPECT_THAT(error_of([&] { written(&wrong); }), HasSubstr("/merge/cka has 1 values"));
}

}  // namespace
}  // namespace rankwise

#include "framework/record/summary_rewrite.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"
#include "framework/record/example_summary.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_writer.h"

namespace rankwise {
namespace {

using nlohmann::json;

std::filesystem::path example_summary() {
  SummaryRun run = example_summary_run("a");
  run.attributes = {{"study", "example"}, {"seed", 3}, {"config_hash", "old"}};
  SummaryRun other = run;
  other.name = "b";
  auto path = test_folder() / "s3.h5";
  write_summary_file(path, {run, other});
  return path;
}

TEST(SummaryRewrite, ChangesAttributesAlone) {
  const auto path = example_summary();
  const auto steps = RunFile(path / "b").steps();
  rewrite_summary(path, [](json attributes) {
    attributes["config_hash"] = "new";
    return attributes;
  });
  for (const char* name : {"a", "b"}) {
    const RunFile file(path / name);
    EXPECT_EQ(file.attributes(), json({{"study", "example"}, {"seed", 3}, {"config_hash", "new"}}));
    EXPECT_EQ(file.steps(), steps);
  }
}

TEST(SummaryRewrite, OfNothingGivesTheSameBytes) {
  const auto path = example_summary();
  const std::string before = read_file(path);
  rewrite_summary(path, [](json attributes) { return attributes; });
  EXPECT_EQ(read_file(path), before);
}

TEST(SummaryRewrite, RenamesRuns) {
  const auto path = example_summary();
  rewrite_runs(path, [](SummaryRun& run) { run.name += "-new"; });
  EXPECT_EQ(RunFile(path / "b-new").attributes().at("config_hash"), "old");
}

}  // namespace
}  // namespace rankwise

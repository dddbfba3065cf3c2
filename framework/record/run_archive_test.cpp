#include "framework/record/run_archive.h"

#include "framework/core/json.h"
#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path written(const std::filesystem::path& folder, const char* label) {
  auto path = folder / (std::string(label) + ".h5");
  const RunLayout layout{.tasks = {{"a", "", "classify", 2, {"accuracy"}}}, .sites = {}};
  RunWriter(path, layout, {{"label", label}}).finish({}, nlohmann::json::object());
  return path;
}

TEST(RunArchive, GivesRunsBackAsFilesInAFolder) {
  const auto folder = test_folder();
  const auto archive = folder / "summary.h5";
  write_archive(archive, {{"b", written(folder, "second")}, {"a", written(folder, "first")}});
  EXPECT_THAT(archived_runs(archive), ElementsAre(archive / "a", archive / "b"));
  const RunFile run(archive / "b");
  EXPECT_EQ(run.attributes().at("label"), "second");
  EXPECT_EQ(run.status(), "finished");
  EXPECT_EQ(run.path(), archive / "b");
}

TEST(RunArchive, IsTheSameBytesForTheSameRuns) {
  const auto folder = test_folder();
  const auto run = written(folder, "first");
  write_archive(folder / "x.h5", {{"a", run}});
  write_archive(folder / "y.h5", {{"a", run}});
  EXPECT_EQ(read_file(folder / "x.h5"), read_file(folder / "y.h5"));
}

TEST(RunArchive, StaysAsItWasWhereTheNextOneFails) {
  const auto folder = test_folder();
  const auto archive = folder / "summary.h5";
  write_archive(archive, {{"a", written(folder, "first")}});
  const std::string before = read_file(archive);
  EXPECT_THAT(error_of([&] {
                write_archive(archive, {{"b", folder / "none.h5"}});
              }),
              HasSubstr("none.h5"));
  EXPECT_EQ(read_file(archive), before);
  EXPECT_FALSE(std::filesystem::exists(folder / "summary.h5.new"));
}

TEST(RunArchive, SaysWhatIsMissing) {
  const auto folder = test_folder();
  const auto run = written(folder, "first");
  EXPECT_THAT(error_of([&] { archived_runs(run); }), HasSubstr("holds no runs"));
  write_archive(folder / "summary.h5", {{"a", run}});
  EXPECT_THAT(error_of([&] { open_run_file(folder / "summary.h5" / "c"); }),
              HasSubstr("there is no such dataset"));
}

}  // namespace
}  // namespace rankwise

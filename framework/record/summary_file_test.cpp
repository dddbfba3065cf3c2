// Files of summaries: their bytes, paths and errors.
#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"
#include "framework/record/example_summary.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/record/summary_schema.h"
#include "framework/record/summary_writer.h"

#include <gmock/gmock.h>

#include <regex>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SummaryFile, IsTheSameBytesForTheSameRuns) {
  const fs::path folder = test_folder();
  std::vector<SummaryRun> runs{example_summary_run("a"), example_summary_run("b")};
  write_summary_file(folder / "x.h5", runs);
  write_summary_file(folder / "y.h5", runs);
  EXPECT_EQ(read_file(folder / "x.h5"), read_file(folder / "y.h5"));
}

TEST(SummaryFile, StaysAsItWasWhereTheNextOneFails) {
  const fs::path path = test_folder() / "s3.h5";
  write_summary_file(path, {example_summary_run("a")});
  const std::string before = read_file(path);
  const std::string twice = error_of([&] {
    write_summary_file(path, {example_summary_run("b"), example_summary_run("b")});
  });
  EXPECT_EQ(twice, path.string() + ": two runs are called b");
  SummaryRun broken = example_summary_run("b");
  broken.final.sample_tasks.push_back(0);
  EXPECT_THAT(error_of([&] { write_summary_file(path, {broken}); }), HasSubstr("sample"));
  EXPECT_EQ(read_file(path), before);
  EXPECT_FALSE(fs::exists(path.string() + ".new"));
}

TEST(SummaryFile, IsOfOneStudyAndSeed) {
  const fs::path path = test_folder() / "s3.h5";
  SummaryRun other = example_summary_run("b");
  other.attributes["seed"] = 4;
  EXPECT_EQ(error_of([&] {
              write_summary_file(path, {example_summary_run("a"), other});
            }),
            path.string() + ": runs of seed 3 and 4, expected one");
}

TEST(SummaryFile, SaysWhichAttributeARunLacks) {
  const fs::path path = test_folder() / "s3.h5";
  SummaryRun run = example_summary_run("a");
  run.attributes.erase("study");
  EXPECT_EQ(error_of([&] { write_summary_file(path, {run}); }),
            path.string() + ": the run a has no attribute 'study'");
}

TEST(SummaryFile, ListsItsRunsAsIfItsFilesWereFolders) {
  const fs::path folder = test_folder();
  write_summary_file(folder / "s4.h5", {example_summary_run("c")});
  write_summary_file(folder / "s3.h5", {example_summary_run("b"), example_summary_run("a")});
  EXPECT_THAT(summary_runs(folder),
              ElementsAre(folder / "s3.h5" / "b", folder / "s3.h5" / "a", folder / "s4.h5" / "c"));
  EXPECT_THAT(summary_runs(folder / "s4.h5"), ElementsAre(folder / "s4.h5" / "c"));
  EXPECT_TRUE(is_summary_file(folder / "s3.h5"));
  EXPECT_TRUE(is_in_summary(folder / "s3.h5" / "b"));
  EXPECT_FALSE(is_in_summary(folder / "s3.h5"));
  EXPECT_EQ(run_name(folder / "s3.h5" / "more-s0.5-x"), "more-s0.5-x");
  EXPECT_EQ(run_name(folder / "more-s0.5-x.h5"), "more-s0.5-x");
}

TEST(SummaryFile, SaysWhatIsWrong) {
  const fs::path folder = test_folder();
  const fs::path path = folder / "s3.h5";
  write_summary_file(path, {example_summary_run("a")});
  EXPECT_EQ(error_of([&] { RunFile(path / "b"); }), path.string() + ": has no run 'b'");
  EXPECT_FALSE(is_summary_file(folder / "none.h5"));
  write_bytes(folder / "text.h5", "text");
  EXPECT_FALSE(is_summary_file(folder / "text.h5"));
  fs::create_directories(folder / "empty");
  EXPECT_EQ(error_of([&] { summary_runs(folder / "empty"); }),
            (folder / "empty").string() + ": holds no summary; rankwise summary makes one");
  hdf5::File::create(folder / "other.h5").create_group("/tokens");
  EXPECT_EQ(
      error_of([&] { summary_runs(folder / "other.h5"); }),
      (folder / "other.h5").string() + ": is not a summary; rankwise summary makes such files");
  hdf5::File::open_for_writing(path).set_attribute("/", "schema", std::int64_t{2});
  EXPECT_EQ(error_of([&] { RunFile(path / "a"); }),
            path.string() + ": a summary of schema 2, this program reads 1");
}

/// Reads all that a run of the summary has.
void read_summarised(const fs::path& run) {
  const RunFile file(run);
  file.steps();
  file.evaluations();
  for (const SiteRecord& site : file.layout().sites) file.entropy(site.name);
  file.predictions();
  file.sample_embeddings();
  file.sample_tasks();
  file.gradients();
  file.parameters();
  file.merge();
}

TEST(SummaryFile, RefusesATruncatedCopy) {
  const fs::path folder = test_folder();
  const fs::path whole = folder / "s3.h5", part = folder / "part.h5";
  write_summary_file(whole, {example_summary_run("a")});
  const auto size = fs::file_size(whole);
  for (std::uintmax_t length = 0; length < size; length += size / 40) {
    fs::copy_file(whole, part, fs::copy_options::overwrite_existing);
    fs::resize_file(part, length);
    const std::string message = error_of([&] { read_summarised(part / "a"); });
    EXPECT_EQ(message.find(part.string() + ": "), 0U) << length << ": " << message;
  }
}

void unlink(const fs::path& path, const char* dataset) {
  const hdf5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  ASSERT_GE(H5Ldelete(file.get(), dataset, H5P_DEFAULT), 0) << dataset;
}

TEST(SummaryFile, SaysWhichArrayDoesNotFitTheOthers) {
  const fs::path path = test_folder() / "s3.h5";
  for (const char* array :
       {"/set/0/task/classes", "/set/0/site/ranks", "/set/0/truth/rank", "/set/0/train/loss",
        "/set/0/evaluation/score", "/set/0/test/score", "/set/0/test/prediction/sst2",
        "/set/0/usage/count", "/set/0/selection/rank", "/set/0/selection/probability"}) {
    write_summary_file(path, {example_summary_run("a")});
    unlink(path, array);
    hdf5::File::open_for_writing(path).create_packed(array, hdf5::Type::kUint8, {1, 1});
    EXPECT_EQ(error_of([&] { read_summarised(path / "a"); }),
              path.string() + ": " + array +
                  " does not fit the other arrays of its set; write the summary anew");
  }
}

TEST(SummaryFile, SaysWhichColumnDoesNotFitItsRuns) {
  const fs::path path = test_folder() / "s3.h5";
  for (const char* column : {"/run/set", "/run/row", "/run/parameters"}) {
    for (const hdf5::Shape& shape : {hdf5::Shape{0}, hdf5::Shape{1, 2}, hdf5::Shape{2}}) {
      write_summary_file(path, {example_summary_run("a")});
      unlink(path, column);
      hdf5::File::open_for_writing(path).create_packed(column, hdf5::Type::kUint8, shape);
      EXPECT_EQ(error_of([&] { read_summarised(path / "a"); }),
                fmt::format("{}: {} has shape {}, which does not fit 1 runs; write the summary "
                            "anew",
                            path.string(), column, hdf5::to_string(shape)));
    }
  }
}

TEST(SummaryFile, ThatIsDamagedIsNoSummaryLess) {
  const fs::path folder = test_folder();
  write_summary_file(folder / "s3.h5", {example_summary_run("a")});
  write_bytes(folder / "s4.h5", "text");
  EXPECT_EQ(error_of([&] { summary_runs(folder); }),
            (folder / "s4.h5").string() + ": is not an HDF5 file; copy it again, or make it anew");
}

/// Every dataset and attribute of the file, attributes as "object@name".
void list(const hdf5::File& file, const std::string& group, std::vector<std::string>& paths) {
  for (const auto& [name, value] : file.attributes(group)) paths.push_back(group + "@" + name);
  for (const std::string& name : file.children(group)) {
    const std::string path = (group == "/" ? "" : group) + "/" + name;
    if (error_of([&] { file.children(path); }).empty()) {
      list(file, path, paths);
    } else {
      paths.push_back(path);
    }
  }
}

TEST(SummaryFile, HoldsEachDocumentedPathAndNoOther) {
  const fs::path path = test_folder() / "s3.h5";
  SummaryRun run = example_summary_run();
  run.merge = example_merge();
  write_summary_file(path, {run});
  std::vector<std::string> there;
  list(hdf5::File::open(path), "/", there);
  std::vector<bool> known(there.size());
  for (const schema::Path& documented : schema::summary_paths()) {
    const std::regex pattern(std::regex_replace(documented.path, std::regex("<[a-z]+>"), "[^/]+"));
    bool found = false;
    for (std::size_t i = 0; i < there.size(); ++i) {
      if (!std::regex_match(there[i], pattern)) continue;
      found = known[i] = true;
    }
    EXPECT_TRUE(found) << documented.path;
  }
  for (std::size_t i = 0; i < there.size(); ++i) EXPECT_TRUE(known[i]) << there[i];
}

TEST(SummaryFile, KnowsNoOtherPath) {
  EXPECT_EQ(error_of([] { schema::summary_path("/set/<set>/usage/cuont"); }),
            "the summary's schema has no path '/set/<set>/usage/cuont'");
}

}  // namespace
}  // namespace rankwise

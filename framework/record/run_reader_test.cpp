#include "framework/record/run_reader.h"

#include "framework/core/json.h"
#include "framework/io/test_files.h"
#include "framework/record/example_run.h"
#include "framework/record/run_writer.h"

#include <cmath>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A finished file of 20 steps and 2 evaluations.
fs::path write_example(const fs::path& path) {
  RunWriter writer(path, example_layout(), {{"study", "example"}, {"config", {{"rank", 8}}}});
  for (int step = 1; step <= 20; ++step) {
    writer.step(example_step(step));
    if (step % 10 == 0) writer.evaluation(example_evaluation(step));
  }
  writer.finish(example_final(), json::object());
  return path;
}

/// Reads all that the file holds.
void read_everything(const fs::path& path) {
  const RunFile file(path);
  file.steps();
  file.evaluations();
  for (const SiteRecord& site : file.layout().sites) file.entropy(site.name);
  file.predictions();
  file.sample_embeddings();
  file.sample_tasks();
  file.factors();
  file.gradients();
  file.parameters();
}

TEST(RunFile, GivesBackWhatWasWritten) {
  const RunFile file(write_example(test_folder() / "a.h5"));
  EXPECT_EQ(file.status(), "finished");
  EXPECT_EQ(file.attributes(), json({{"format", "rankwise-run"},
                                     {"schema", 1},
                                     {"status", "finished"},
                                     {"study", "example"},
                                     {"config", {{"rank", 8}}}}));
  EXPECT_EQ(file.layout(), example_layout());
  ASSERT_EQ(file.steps().size(), 20U);
  EXPECT_EQ(file.steps()[7], example_step(8));
  EvaluationRecord first = example_evaluation(10);
  first.usage[0].coactivation.clear();  // the file keeps the latest
  first.usage[0].half_count.clear();
  EXPECT_EQ(file.evaluations(), (std::vector{first, example_evaluation(20)}));
  const FinalRecord expected = example_final();
  EXPECT_EQ(file.predictions(), expected.predictions);
  EXPECT_EQ(file.sample_embeddings(), expected.sample_embeddings);
  EXPECT_EQ(file.sample_tasks(), expected.sample_tasks);
  EXPECT_EQ(file.factors(), expected.factors);
  EXPECT_EQ(file.gradients(), expected.gradients);
  EXPECT_EQ(file.parameters(), expected.parameters);
}

TEST(RunFile, ReadsOnePartAlone) {
  const RunFile file(write_example(test_folder() / "a.h5"));
  const std::string site = example_layout().sites[0].name;
  EXPECT_EQ(file.usage(site).back(), example_evaluation(20).usage[0]);
  EXPECT_EQ(file.scores().back().scores, example_evaluation(20).scores);
  EXPECT_TRUE(file.scores().back().usage.empty());
  EXPECT_EQ(error_of([&] { file.usage("encoder"); }),
            file.path().string() + ": has no site 'encoder'");
  const PredictionPlace place{"stsb", "test", "best"};
  EXPECT_EQ(file.prediction(place), example_final().predictions[1]);
  EXPECT_EQ(file.final_scores(place), (std::map<std::string, double>{{"pearson", 0.5}}));
  EXPECT_FALSE(file.prediction({"stsb", "test", "last"}).has_value());
  EXPECT_TRUE(file.final_scores({"stsb", "test", "last"}).empty());
}

TEST(RunFile, HoldsTheEntropyOfEachTasksCounts) {
  const RunFile file(write_example(test_folder() / "a.h5"));
  // Counts at step 10: task 0 {10, 3}, task 1 {0, 4}.
  const auto entropies = file.entropy(example_layout().sites[0].name);
  ASSERT_EQ(entropies.size(), 2U);
  const double expected = -10.0 / 13 * std::log(10.0 / 13) - 3.0 / 13 * std::log(3.0 / 13);
  EXPECT_DOUBLE_EQ(entropies[0][0], expected);
  EXPECT_EQ(entropies[0][1], 0);
  EXPECT_EQ(file.entropy(example_layout().sites[1].name), (std::vector<std::vector<double>>(2)));
}

TEST(RunFile, KeepsTheHistoryUpToAStep) {
  const RunHistory history = RunFile(write_example(test_folder() / "a.h5")).history(12);
  ASSERT_EQ(history.steps.size(), 12U);
  EXPECT_EQ(history.steps.back().step, 12);
  ASSERT_EQ(history.evaluations.size(), 1U);
  EXPECT_EQ(history.evaluations[0].step, 10);
}

TEST(RunFile, RefusesAnotherSchema) {
  const fs::path path = write_example(test_folder() / "a.h5");
  hdf5::File::open_for_writing(path).set_attribute("/", "schema", std::int64_t{3});
  EXPECT_EQ(error_of([&] { RunFile{path}; }),
            path.string() + ": written by schema 3, this program reads 1 to 1");
}

TEST(RunFile, RefusesAnotherKindOfFile) {
  const fs::path path = test_folder() / "suite.h5";
  hdf5::File::create(path).create_group("/tokens");
  EXPECT_EQ(error_of([&] { RunFile{path}; }), path.string() + ": is not a run file");
}

TEST(RunFile, SaysWhichPartIsMissingOrWrong) {
  const fs::path path = write_example(test_folder() / "a.h5");
  {
    hdf5::File file = hdf5::File::open_for_writing(path);
    file.write<float>("/factors/extra/a", {6}, std::vector<float>(6));
  }
  EXPECT_EQ(error_of([&] { RunFile(path).factors(); }),
            path.string() + ": /factors/extra/a: has shape [6], expected two dimensions");
}

TEST(RunFile, RefusesATruncatedCopy) {
  const fs::path folder = test_folder();
  const fs::path whole = write_example(folder / "a.h5");
  const auto size = fs::file_size(whole);
  for (std::uintmax_t length = 0; length < size; length += size / 40) {
    const fs::path part = folder / "part.h5";
    fs::copy_file(whole, part, fs::copy_options::overwrite_existing);
    fs::resize_file(part, length);
    const std::string message = error_of([&] { read_everything(part); });
    EXPECT_EQ(message.find(part.string() + ": "), 0U) << length << ": " << message;
  }
}

TEST(RunFile, SurvivesATruncatedCopyOfAKilledRun) {
  const fs::path folder = test_folder();
  const auto write = [&] {
    RunWriter writer(folder / "a.h5", example_layout(), json::object());
    for (int step = 1; step <= 40; ++step) writer.step(example_step(step));
    writer.evaluation(example_evaluation(40));
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(write), -SIGKILL);
  const fs::path whole = partial_path(folder / "a.h5");
  const auto size = fs::file_size(whole);
  for (std::uintmax_t length = 0; length < size; length += size / 8) {
    const fs::path part = folder / "part.h5";
    fs::copy_file(whole, part, fs::copy_options::overwrite_existing);
    fs::resize_file(part, length);
    // What the disk never held may read as nothing; that it neither crashes nor hangs is the point.
    const auto read = [&]() -> int {
      error_of([&] { read_everything(part); });
      ::_exit(0);  // HDF5 leaks a little on damaged files, which sanitizers would count
    };
    EXPECT_EQ(in_child(read), 0) << length;
  }
}

}  // namespace
}  // namespace rankwise

#include "framework/record/run_truth.h"

#include "framework/io/test_files.h"
#include "framework/record/example_run.h"
#include "framework/record/run_layout.h"

namespace rankwise {
namespace {

/// What comes back of a layout's truth.
std::optional<TruthRecord> round_trip(const RunLayout& layout) {
  const auto path = test_folder() / "a.h5";
  hdf5::File file = hdf5::File::create(path);
  write_layout(file, layout);
  return read_layout(file).truth;
}

TEST(RunTruth, ComesBackAsItWasWritten) {
  const RunLayout layout = example_layout();
  EXPECT_EQ(round_trip(layout), layout.truth);
}

TEST(RunTruth, IsAbsentWhereTheSuiteKnowsNone) {
  RunLayout layout = example_layout();
  layout.truth.reset();
  EXPECT_EQ(round_trip(layout), std::nullopt);
}

TEST(RunTruth, MayKnowAPart) {
  RunLayout layout = example_layout();
  layout.truth->group.clear();
  layout.truth->sites[0] = {.rank = {2, 1}};
  EXPECT_EQ(round_trip(layout), layout.truth);
  layout.truth->sites.assign(2, {});
  layout.truth->input_group.clear();
  EXPECT_EQ(round_trip(layout), layout.truth);
}

TEST(RunTruth, StandsUnderItsDocumentedPaths) {
  const auto path = test_folder() / "a.h5";
  hdf5::File file = hdf5::File::create(path);
  write_layout(file, example_layout());
  const std::string site = "/truth/site/encoder.layer.0.attention.self.query";
  EXPECT_EQ(file.read<std::int64_t>("/truth/task/group", {2}), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(file.read<std::int64_t>(site + "/rank", {2}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(file.dataset(site + "/left").shape(), (hdf5::Shape{5, 2}));
  EXPECT_EQ(file.dataset(site + "/right").shape(), (hdf5::Shape{3, 2}));
}

/// The message about a truth that `change` spoiled.
template <class Change>
std::string refusal(const Change& change) {
  RunLayout layout = example_layout();
  change(*layout.truth);
  return error_of([&] { check_layout(layout); });
}

TEST(RunTruth, RefusesWhatDoesNotFitTheLayout) {
  EXPECT_EQ(refusal([](TruthRecord&) {}), "");
  EXPECT_EQ(refusal([](TruthRecord& truth) { truth.sites.pop_back(); }),
            "the truth is of 1 sites, expected 2");
  EXPECT_EQ(refusal([](TruthRecord& truth) { truth.group.push_back(0); }),
            "/truth/task/group has 3 values, expected [2]");
  EXPECT_EQ(refusal([](TruthRecord& truth) { truth.sites[0].left.pop_back(); }),
            "/truth/site/encoder.layer.0.attention.self.query/left has 9 values, expected [5, 2]");
  EXPECT_EQ(refusal([](TruthRecord& truth) {
              truth.sites[0].rank = {1, 4};
            }),
            "the truth of site 'encoder.layer.0.attention.self.query' has a task of rank 4, "
            "expected 0 to 3");
  EXPECT_EQ(refusal([](TruthRecord& truth) { truth.sites[0].directions = 17; }),
            "the truth of site 'encoder.layer.0.attention.self.query' has 17 directions, expected "
            "0 to 16");
  EXPECT_EQ(refusal([](TruthRecord& truth) { truth.sites[0].right.clear(); }),
            "the truth of site 'encoder.layer.0.attention.self.query' needs left and right "
            "directions or neither");
}

TEST(RunTruth, SaysWhichStoredShapeIsWrong) {
  const auto path = test_folder() / "a.h5";
  RunLayout layout = example_layout();
  hdf5::File file = hdf5::File::create(path);
  write_layout(file, layout);
  layout.tasks.pop_back();
  EXPECT_EQ(error_of([&] { read_truth(file, layout); }),
            path.string() + ": /truth/task/group: it has shape [2], expected [1]");
}

}  // namespace
}  // namespace rankwise

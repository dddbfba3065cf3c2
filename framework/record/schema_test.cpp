#include "framework/record/schema.h"

#include "framework/io/atomic_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"
#include "framework/record/example_run.h"
#include "framework/record/run_columns.h"

#include <cstdlib>
#include <set>

namespace rankwise::schema {
namespace {

TEST(Schema, FillsNamesAndSizes) {
  const Slot slot =
      schema::slot("/usage/<site>/count", {{"site", "encoder.0"}}, {{"T", 10}, {"R", 8}});
  EXPECT_EQ(slot.path, "/usage/encoder.0/count");
  EXPECT_EQ(slot.type, hdf5::Type::kUint64);
  EXPECT_EQ(slot.shape, (hdf5::Shape{10, 8}));
  EXPECT_TRUE(slot.grows);
  EXPECT_FALSE(schema::slot("/usage/<site>/coactivation", {}, {{"R", 8}}).grows);
}

TEST(Schema, LeavesOutAWidthOfOne) {
  const char* label = "/evaluation/<task>/<split>/<parameters>/label";
  EXPECT_EQ(schema::slot(label, {}, {{"G", 5}, {"W", 1}}).shape, (hdf5::Shape{5}));
  EXPECT_EQ(schema::slot(label, {}, {{"G", 5}, {"W", 3}}).shape, (hdf5::Shape{5, 3}));
}

TEST(Schema, KnowsNoOtherPath) {
  EXPECT_EQ(error_of([] { schema::slot("/usage/<site>/cuont"); }),
            "the run file's schema has no path '/usage/<site>/cuont'");
}

TEST(Schema, SaysWhichShapeWasExpected) {
  const auto path = test_folder() / "a.h5";
  hdf5::File file = hdf5::File::create(path);
  create(file, site_slot("/usage/<site>/count", example_layout().sites[0], 2));
  EXPECT_EQ(
      error_of([&] { open(file, site_slot("/usage/<site>/count", example_layout().sites[0], 3)); }),
      path.string() +
          ": /usage/encoder.layer.0.attention.self.query/count: a row has shape "
          "[2, 2], expected [3, 2]");
}

TEST(Schema, DocumentsEachPathOnce) {
  std::set<std::string> seen;
  for (const Path& path : paths()) {
    EXPECT_TRUE(seen.insert(path.path).second) << path.path;
    EXPECT_FALSE(path.type.empty() || path.text.empty()) << path.path;
    EXPECT_EQ(path.shape.empty(), path.path.find('@') != std::string::npos) << path.path;
  }
}

// RANKWISE_WRITE_DOCS=1 rewrites the page.
TEST(Schema, IsWhatTheDocumentationSays) {
  const std::filesystem::path page = source_tree() / "docs/run_file.md";
  if (std::getenv("RANKWISE_WRITE_DOCS") != nullptr) write_file(page, markdown());
  EXPECT_EQ(read_file(page), markdown())
      << "run this test with RANKWISE_WRITE_DOCS=1 to rewrite docs/run_file.md";
}

}  // namespace
}  // namespace rankwise::schema

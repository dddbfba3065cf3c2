#include "framework/io/hdf5.h"

#include "framework/io/test_files.h"

#include <sys/stat.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
// HDF5 1.10 loses a block of its own where a file's first bytes cannot be written.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5_serial"; }
#endif

namespace rankwise::hdf5 {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

template <class T>
class Hdf5Number : public ::testing::Test {};
using Numbers =
    ::testing::Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                     std::uint16_t, std::uint32_t, std::uint64_t, float, double>;
TYPED_TEST_SUITE(Hdf5Number, Numbers);

TYPED_TEST(Hdf5Number, ComesBackExactly) {
  const std::vector<TypeParam> values{std::numeric_limits<TypeParam>::lowest(), 0, 1,
                                      std::numeric_limits<TypeParam>::max()};
  const fs::path path = test_folder() / "a.h5";
  File::create(path).write("/group/values", {2, 2}, values);
  const File file = File::open(path);
  EXPECT_EQ(file.read<TypeParam>("/group/values", {2, 2}), values);
  EXPECT_EQ(file.dataset("/group/values").type(), type_of<TypeParam>());
}

TEST(Hdf5, AppendsRowsAndReadsAPart) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  Dataset rows = file.create_extensible("/rows", Type::kInt32, {2}, 4);
  rows.append<std::int32_t>({1, 2});
  rows.append<std::int32_t>({3, 4, 5, 6});
  EXPECT_EQ(rows.shape(), (Shape{3, 2}));
  EXPECT_EQ(rows.read_rows<std::int32_t>(1, 2), (std::vector<std::int32_t>{3, 4, 5, 6}));
  EXPECT_EQ(error_of([&] {
              rows.append<std::int32_t>({1, 2, 3});
            }),
            path.string() + ": /rows: 3 values do not make whole rows of 2");
  EXPECT_EQ(error_of([&] { rows.read_rows<std::int32_t>(2, 2); }),
            path.string() + ": /rows: has 3 rows, expected 4");
}

TEST(Hdf5, KeepsStringsOfAnyLength) {
  const fs::path path = test_folder() / "a.h5";
  const Strings texts{"", "plain", "größer\nline", std::string(100000, 'x')};
  File::create(path).write_strings("/texts", texts);
  EXPECT_EQ(File::open(path).dataset("/texts").read_strings(), texts);
}

TEST(Hdf5, PacksWhatRepeatsAndGivesItBack) {
  const fs::path path = test_folder() / "a.h5";
  const std::vector<std::int32_t> many(100000, 7);
  const Strings texts{"", "größer", std::string(10000, 'x')};
  {
    File file = File::create(path);
    file.create_packed("/many", Type::kInt32, {100, 1000}).write(many);
    file.create_packed("/few", Type::kInt8, {2}).write<std::int8_t>({-1, 1});
    file.create_packed("/none", Type::kInt8, {0, 3}).write<std::int8_t>({});
    file.write_packed_strings("/texts", texts);
    file.write_packed_strings("/no_texts", {});
  }
  const File file = File::open(path);
  EXPECT_EQ(file.read<std::int32_t>("/many", {100, 1000}), many);
  EXPECT_EQ(file.read<std::int8_t>("/few"), (std::vector<std::int8_t>{-1, 1}));
  EXPECT_EQ(file.read<std::int8_t>("/none", {0, 3}), std::vector<std::int8_t>());
  EXPECT_EQ(file.dataset("/texts").read_strings(), texts);
  EXPECT_EQ(file.dataset("/no_texts").read_strings(), Strings());
  EXPECT_LT(fs::file_size(path), 5000U);
}

TEST(Hdf5, ReadsNumbersAsAnotherTypeWhereThatIsAskedFor) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  file.write<std::int8_t>("/x", {2, 2}, {-1, 1, 2, 3});
  EXPECT_EQ(file.dataset("/x").convert_rows<double>(1, 1), (std::vector<double>{2, 3}));
  EXPECT_EQ(error_of([&] { file.dataset("/x").convert_rows<double>(1, 2); }),
            path.string() + ": /x: has 2 rows, expected 3");
}

TEST(Hdf5, KeepsAttributesWithTheirTypes) {
  const fs::path path = test_folder() / "a.h5";
  {
    File file = File::create(path);
    file.create_group("/group");
    file.set_attribute("/group", "text", "replaced");
    file.set_attribute("/group", "text", std::string("größer"));
    file.set_attribute("/group", "count", std::int64_t{-3});
    file.set_attribute("/group", "large", std::numeric_limits<std::uint64_t>::max());
    file.set_attribute("/group", "score", 0.1);
    file.set_attribute("/group", "dirty", true);
  }
  const File file = File::open(path);
  EXPECT_EQ(file.attributes("/group"),
            (std::map<std::string, Attribute>{{"count", std::int64_t{-3}},
                                              {"dirty", true},
                                              {"large", std::numeric_limits<std::uint64_t>::max()},
                                              {"score", 0.1},
                                              {"text", std::string("größer")}}));
  EXPECT_EQ(file.attribute<std::string>("/group", "text"), "größer");
  EXPECT_EQ(file.attribute<std::int64_t>("/group", "count"), -3);
  EXPECT_EQ(file.attribute<std::uint64_t>("/group", "large"),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(file.attribute<double>("/group", "score"), 0.1);
  EXPECT_TRUE(file.attribute<bool>("/group", "dirty"));
  EXPECT_FALSE(file.has_attribute("/group", "none"));
  EXPECT_EQ(error_of([&] { file.attribute("/group", "none"); }),
            path.string() + ": /group @none: there is no such attribute");
  EXPECT_EQ(error_of([&] { file.attribute<double>("/group", "count"); }),
            path.string() + ": /group @count: has another type than expected");
}

TEST(Hdf5, KeepsAttributesBeyond64KiB) {
  const fs::path path = test_folder() / "a.h5";
  const std::string config(200000, 'x');
  File::create(path).set_attribute("/", "config", config);
  EXPECT_EQ(File::open(path).attribute<std::string>("/", "config"), config);
}

TEST(Hdf5, ListsChildrenByName) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  for (const char* name : {"/group/b", "/group/a.b", "/group/c/d"}) file.create_group(name);
  EXPECT_EQ(file.children("/group"), (Strings{"a.b", "b", "c"}));
  EXPECT_EQ(file.children("/none/of/these"), Strings{});
  EXPECT_TRUE(file.exists("/group/c/d"));
  EXPECT_FALSE(file.exists("/group/x/d"));
}

TEST(Hdf5, SaysWhatAReadExpected) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  file.write<float>("/x", {3}, {1, 2, 3});
  file.write_strings("/s", {"a"});
  const std::string name = path.string();
  EXPECT_EQ(error_of([&] { file.read<double>("/x"); }),
            name + ": /x: holds float32, expected float64");
  EXPECT_EQ(error_of([&] { file.read<double>("/s"); }),
            name + ": /s: holds string, expected float64");
  EXPECT_EQ(error_of([&] { file.dataset("/x").read_strings(); }),
            name + ": /x: holds float32, expected string");
  EXPECT_EQ(error_of([&] {
              file.read<float>("/x", {2, 2});
            }),
            name + ": /x: has shape [3], expected [2, 2]");
  EXPECT_EQ(error_of([&] { file.read<float>("/y"); }), name + ": /y: there is no such dataset");
  EXPECT_NE(error_of([&] { file.write<float>("/x", {1}, {1}); }).find(name + ": /x: creating: "),
            std::string::npos);
}

TEST(Hdf5, SaysWhyAFileDoesNotOpen) {
  const fs::path folder = test_folder();
  const std::string missing = (folder / "missing.h5").string();
  EXPECT_EQ(error_of([&] { File::open(missing); }),
            missing + ": cannot be read: there is no such file");
  EXPECT_EQ(error_of([&] { File::open(folder); }),
            folder.string() + ": cannot be read: it is a folder, not a file");
  ASSERT_EQ(::mkfifo((folder / "pipe.h5").c_str(), 0666), 0);
  EXPECT_EQ(error_of([&] { File::open(folder / "pipe.h5"); }),
            (folder / "pipe.h5").string() + ": cannot be read: it is a pipe, not a file");
  for (const char* content : {"", "text", "a longer text, but still not HDF5 at all"}) {
    const fs::path text = folder / "text.h5";
    write_bytes(text, content);
    EXPECT_EQ(error_of([&] { File::open(text); }),
              text.string() + ": is not an HDF5 file; copy it again, or make it anew");
    EXPECT_EQ(error_of([&] { File::open_for_writing(text); }),
              text.string() + ": is not an HDF5 file; copy it again, or make it anew");
  }
  const fs::path nowhere = folder / "no" / "such" / "folder.h5";
  EXPECT_EQ(error_of([&] { File::create(nowhere); }),
            nowhere.string() + ": cannot be created: No such file or directory");
}

TEST(Hdf5, RefusesShapesBeyondMemory) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  file.create_dataset("/x", Type::kFloat64, {hsize_t{1} << 50});  // nothing is allocated
  file.create_dataset("/s", Type::kString, {hsize_t{1} << 50});
  const std::string refusal = ": shape [1125899906842624] is more than this machine's memory holds";
  EXPECT_EQ(error_of([&] { file.read<double>("/x"); }), path.string() + ": /x" + refusal);
  EXPECT_EQ(error_of([&] { file.dataset("/s").read_strings(); }), path.string() + ": /s" + refusal);
}

TEST(Hdf5, RefusesStringsThatAreNotUtf8) {
  const fs::path path = test_folder() / "a.h5";
  File file = File::create(path);
  file.write_strings("/s", {"fine", "caf\xE9"});
  file.set_attribute("/", "label", std::string("caf\xE9"));
  EXPECT_EQ(error_of([&] { file.dataset("/s").read_strings(); }),
            path.string() + ": /s: the text 'caf\\xe9' is not UTF-8");
  EXPECT_EQ(error_of([&] { file.attribute("/", "label"); }),
            path.string() + ": / @label: the text 'caf\\xe9' is not UTF-8");
}

TEST(Hdf5, RefusesATruncatedFile) {
  const fs::path path = test_folder() / "a.h5";
  File::create(path).write("/x", {1000}, std::vector<double>(1000, 1.0));
  fs::resize_file(path, fs::file_size(path) / 2);
  EXPECT_EQ(error_of([&] { File::open(path); }),
            path.string() +
                ": cannot be read, the file seems damaged: truncated file; copy it "
                "again, or make it anew");
}

// By HDF5 or by us: it reads beyond the bytes that there are. The older format has no checksums.
TEST(Hdf5, RefusesANumberOfRowsThatACompactDatasetHasNoBytesFor) {
  const fs::path path = test_folder() / "a.h5";
  constexpr hsize_t kStoredRows = 1021;
  {
    const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    const Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_layout(how.get(), H5D_COMPACT);
    const Handle space(H5Screate_simple(1, &kStoredRows, nullptr), H5Sclose);
    const Handle made(H5Dcreate2(file.get(), "numbers", H5T_NATIVE_UINT8, space.get(), H5P_DEFAULT,
                                 how.get(), H5P_DEFAULT),
                      H5Dclose);
  }
  EXPECT_EQ(File::open(path).read<std::uint8_t>("/numbers").size(), kStoredRows);
  std::string bytes = bytes_of(path);
  const std::string rows("\xfd\x03\0\0\0\0\0\0", 8), more("\xff\x7f\0\0\0\0\0\0", 8);
  const auto first = bytes.find(rows);
  ASSERT_NE(first, std::string::npos);
  for (auto at = first; at != std::string::npos; at = bytes.find(rows, at)) {
    bytes.replace(at, rows.size(), more);
  }
  write_bytes(path, bytes);
  EXPECT_THAT(error_of([&] { File::open(path).read<std::uint8_t>("/numbers"); }),
              ::testing::StartsWith(path.string() +
                                    ": /numbers: cannot be read, the file seems damaged: "));
}

TEST(Hdf5, SurvivesAFullDisk) {
  for (const rlim_t limit : {0, 100, 1000, 4096, 30000}) {
    const fs::path path = test_folder() / "a.h5";
    const auto fill = [&] {
      limit_file_size(limit);
      const std::string message = error_of([&] {
        File file = File::create(path);
        Dataset rows = file.create_extensible("/rows", Type::kFloat64, {}, 64);
        for (int i = 0; i < 100; ++i) {
          rows.append(std::vector<double>(100, i));
          rows.flush();
        }
        file.close();
      });
      return message.find("File too large") != std::string::npos && message.find(path.string()) == 0
                 ? 42
                 : 1;
    };
    EXPECT_EQ(in_child(fill), 42) << "limit " << limit;
  }
}

TEST(Hdf5, ShowsAReaderWhatWasFlushedBeforeAKill) {
  const fs::path path = test_folder() / "a.h5";
  const auto write = [&] {
    File file = File::create(path);
    file.write_strings("/texts", {"kept"});
    Dataset rows = file.create_extensible("/rows", Type::kInt64, {}, 4);
    file.start_swmr();
    for (std::int64_t i = 0; i < 10; ++i) rows.append<std::int64_t>({i});
    rows.flush();
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(write), -SIGKILL);
  const File file = File::open(path);
  EXPECT_EQ(file.dataset("/rows").rows(), 10U);
  EXPECT_EQ(file.read<std::int64_t>("/rows").back(), 9);
  EXPECT_EQ(file.dataset("/texts").read_strings(), Strings{"kept"});
}

}  // namespace
}  // namespace rankwise::hdf5

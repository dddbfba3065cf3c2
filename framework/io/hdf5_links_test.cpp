// Files whose data lie elsewhere: what they lead to is never read, nor written.

#include "framework/io/hdf5.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <functional>

namespace rankwise::hdf5 {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr hsize_t kRows = 3;

Handle three_rows() { return {H5Screate_simple(1, &kRows, nullptr), H5Sclose}; }

Handle creation() { return {H5Pcreate(H5P_DATASET_CREATE), H5Pclose}; }

void make_numbers(hid_t file, const char* path, const Handle& how) {
  const Handle made(H5Dcreate2(file, path, H5T_NATIVE_INT32, three_rows().get(), H5P_DEFAULT,
                               how.get(), H5P_DEFAULT),
                    H5Dclose);
  ASSERT_GE(made.get(), 0);
}

// A file that `make` fills, beside one of somebody else with a dataset /numbers.
fs::path file_with(const std::function<void(hid_t)>& make) {
  const fs::path folder = test_folder();
  File::create(folder / "other.h5").write<std::int32_t>("/numbers", {kRows}, {1, 2, 3});
  const fs::path path = folder / "a.h5";
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  make(file.get());
  return path;
}

std::string refusal(const fs::path& path, const std::string& dataset) {
  return error_of([&] { File::open(path).dataset(dataset).read<std::int32_t>(); });
}

constexpr const char* kNotFollowed = "is a link to another place or file, which is not followed";
constexpr const char* kElsewhere = "its numbers lie in other files, which are not read";

TEST(Hdf5Links, IntoOtherFilesAreNotFollowed) {
  const fs::path path = file_with([](hid_t file) {
    H5Lcreate_external("other.h5", "/numbers", file, "numbers", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/", file, "group", H5P_DEFAULT, H5P_DEFAULT);
  });
  for (const char* dataset : {"/numbers", "/group/numbers"}) {
    EXPECT_THAT(refusal(path, dataset), HasSubstr(kNotFollowed)) << dataset;
  }
  EXPECT_THAT(error_of([&] { File::open(path).children("/group"); }), HasSubstr(kNotFollowed));
  EXPECT_THAT(error_of([&] { File::open(path).attributes("/group"); }), HasSubstr(kNotFollowed));
}

TEST(Hdf5Links, AreNotWrittenThrough) {
  const fs::path path = file_with([](hid_t file) {
    H5Lcreate_external("other.h5", "/", file, "group", H5P_DEFAULT, H5P_DEFAULT);
  });
  const std::string before = bytes_of(path.parent_path() / "other.h5");
  File file = File::open_for_writing(path);
  EXPECT_THAT(error_of([&] { file.write<std::int32_t>("/group/mine", {1}, {1}); }),
              HasSubstr(kNotFollowed));
  EXPECT_THAT(error_of([&] { file.set_attribute("/group", "mine", true); }),
              HasSubstr(kNotFollowed));
  file.close();
  EXPECT_EQ(bytes_of(path.parent_path() / "other.h5"), before);
}

TEST(Hdf5Links, ByNameAreNotFollowed) {
  const fs::path path = file_with([](hid_t file) {
    make_numbers(file, "/there", creation());
    H5Lcreate_soft("/there", file, "here", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/nowhere", file, "gone", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/there", file, "twice", H5P_DEFAULT, H5P_DEFAULT);
  });
  EXPECT_EQ(refusal(path, "/here"),
            path.string() + ": /here: " + kNotFollowed + "; put the data itself there");
  EXPECT_THAT(refusal(path, "/gone"), HasSubstr(kNotFollowed));
  EXPECT_EQ(refusal(path, "/twice"), "") << "a second name of the file's own data";
}

TEST(Hdf5Links, NumbersInOtherFilesAreNotRead) {
  const fs::path path = file_with([](hid_t file) {
    const Handle how = creation();
    H5Pset_external(how.get(), "/etc/passwd", 0, kRows * sizeof(std::int32_t));
    make_numbers(file, "/numbers", how);
  });
  EXPECT_THAT(refusal(path, "/numbers"), HasSubstr(kElsewhere));
}

TEST(Hdf5Links, NumbersOfOtherDatasetsAreNotRead) {
  const fs::path path = file_with([](hid_t file) {
    const Handle how = creation();
    H5Pset_virtual(how.get(), three_rows().get(), "other.h5", "/numbers", three_rows().get());
    make_numbers(file, "/numbers", how);
  });
  EXPECT_THAT(refusal(path, "/numbers"), HasSubstr(kElsewhere));
}

TEST(Hdf5Links, OnlyKnownFiltersUnpack) {
  const fs::path path = file_with([](hid_t file) {
    const Handle how = creation();
    H5Pset_chunk(how.get(), 1, &kRows);
    H5Pset_filter(how.get(), 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
    make_numbers(file, "/numbers", how);
  });
  EXPECT_THAT(refusal(path, "/numbers"),
              HasSubstr("is packed by filter 32001, expected deflate or none"));
}

}  // namespace
}  // namespace rankwise::hdf5

#include "framework/io/hdf5_end.h"

#include "framework/io/hdf5.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rankwise::hdf5 {
namespace {

namespace fs = std::filesystem;

TEST(Hdf5End, IsMissedFromTheFirstByteOn) {
  const fs::path path = test_folder() / "a.h5";
  {
    File file = File::create(path);
    file.write("/values", {100}, std::vector<double>(100, 1.5));
    file.close();
  }
  const auto size = fs::file_size(path);
  EXPECT_EQ(missing_end(path), "");
  for (const std::uintmax_t cut : {size - 1, size / 2, std::uintmax_t{48}}) {
    fs::resize_file(path, cut);
    EXPECT_EQ(missing_end(path), fmt::format("has {} of its {} bytes", cut, size));
  }
  fs::resize_file(path, 0);
  EXPECT_EQ(missing_end(path), "has 0 bytes");
}

TEST(Hdf5End, IsNotAskedOfOtherFiles) {
  const fs::path path = test_folder() / "a.txt";
  EXPECT_EQ(missing_end(path), "") << "not there";
  std::ofstream(path) << std::string(100, 'x');
  EXPECT_EQ(missing_end(path), "");
}

}  // namespace
}  // namespace rankwise::hdf5

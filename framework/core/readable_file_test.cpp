#include "framework/core/readable_file.h"

#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(ReadableFile, SaysWhatIsThereInstead) {
  const fs::path folder = test_folder();
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0666), 0);
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_symlink("loop", folder / "loop");
  write_bytes(folder / "file", "{}");
  fs::create_symlink("file", folder / "link");
  const auto message = [&](const std::string& name) {
    return error_of([&] { check_regular_file(folder / name); });
  };
  EXPECT_EQ(message("file"), "");
  EXPECT_EQ(message("link"), "");
  EXPECT_THAT(message("none"), EndsWith("/none: cannot be read: there is no such file"));
  EXPECT_THAT(message("dangling"), EndsWith("/dangling: cannot be read: it is a link to nothing"));
  EXPECT_THAT(message("pipe"), EndsWith("/pipe: cannot be read: it is a pipe, not a file"));
  EXPECT_THAT(message("loop"), EndsWith("cannot be read: Too many levels of symbolic links"));
  EXPECT_THAT(message(std::string(300, 'x')), EndsWith("cannot be read: File name too long"));
  EXPECT_THAT(error_of([&] { check_regular_file(folder); }),
              EndsWith("cannot be read: it is a folder, not a file"));
}

// A reader that opened a pipe would wait for ever; the alarm ends it.
TEST(ReadableFile, NoReaderOfCoreWaitsForAPipe) {
  const fs::path pipe = test_folder() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  const auto read = [&] {
    const std::string start = pipe.string() + ": cannot be read: it is a pipe";
    return error_of([&] { read_json(pipe); }).starts_with(start) &&
           error_of([&] { sha256_file(pipe); }).starts_with(start);
  };
  EXPECT_EQ(in_child(read), 1);
}

}  // namespace
}  // namespace rankwise

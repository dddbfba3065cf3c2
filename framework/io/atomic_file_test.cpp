#include "framework/io/atomic_file.h"

#include "framework/io/test_files.h"

namespace rankwise {
namespace {

namespace fs = std::filesystem;

TEST(AtomicFile, ComesBackByteForByte) {
  const fs::path path = test_folder() / "new" / "a.csv";
  const std::string bytes("a,b\r\n\0\xFF", 7);
  write_file(path, bytes);
  EXPECT_EQ(read_file(path), bytes);
  write_file(path, "");
  EXPECT_EQ(read_file(path), "");
}

TEST(AtomicFile, LeavesTheOldFileWhereTheDiskIsFull) {
  const fs::path path = test_folder() / "a.csv";
  write_file(path, "old");
  const auto write = [&] {
    limit_file_size(100);
    const std::string message = error_of([&] { write_file(path, std::string(1000, 'x')); });
    return message == path.string() + ": cannot be written: File too large" ? 42 : 1;
  };
  EXPECT_EQ(in_child(write), 42);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
}

TEST(AtomicFile, IsCopiedWhole) {
  const fs::path folder = test_folder();
  const std::string bytes(3'000'000, 'x');
  write_bytes(folder / "from", bytes);
  write_bytes(folder / "to", "old");
  duplicate_file(folder / "from", folder / "to");
  EXPECT_EQ(read_file(folder / "to"), bytes);
  EXPECT_EQ(error_of([&] { duplicate_file(folder / "none", folder / "to"); }),
            (folder / "none").string() + ": cannot be read: No such file or directory");
}

TEST(AtomicFile, SaysWhatCanNotBeRead) {
  const fs::path folder = test_folder();
  EXPECT_EQ(error_of([&] { read_file(folder / "none"); }),
            (folder / "none").string() + ": cannot be read: No such file or directory");
  EXPECT_EQ(error_of([&] { read_file(folder); }), folder.string() + ": is a folder, not a file");
}

TEST(AtomicFile, SaysWhatCanNotBeReplaced) {
  const fs::path folder = test_folder() / "a";
  fs::create_directories(folder / "b");
  EXPECT_EQ(error_of([&] { write_file(folder, "text"); }),
            folder.string() + ": cannot be replaced: Is a directory");
}

}  // namespace
}  // namespace rankwise

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
            (folder / "none").string() + ": cannot be read: there is no such file");
}

TEST(AtomicFile, SaysWhatCanNotBeRead) {
  const fs::path folder = test_folder();
  EXPECT_EQ(error_of([&] { read_file(folder / "none"); }),
            (folder / "none").string() + ": cannot be read: there is no such file");
  EXPECT_EQ(error_of([&] { read_file(folder); }),
            folder.string() + ": cannot be read: it is a folder, not a file");
}

TEST(AtomicFile, SaysThatANameIsTooLong) {
  const fs::path folder = test_folder();
  write_file(folder / std::string(251, 'x'), "text");  // ".new" makes it 255
  const std::string name = std::string(252, 'x') + ".new";
  const std::string ending = "the name '" + name +
                             "' has 256 bytes, and a file system takes 255; " +
                             "choose a shorter label, study or folder name";
  EXPECT_EQ(error_of([&] { write_file(folder / std::string(252, 'x'), "text"); }),
            (folder / name).string() + ": " + ending);
  EXPECT_EQ(error_of([&] { create_parent_folder(folder / name / "a.h5"); }),
            (folder / name / "a.h5").string() + ": " + ending);
}

TEST(AtomicFile, SaysWhichLinkLeadsNowhere) {
  const fs::path folder = test_folder();
  fs::create_symlink("nowhere", folder / "results");
  EXPECT_EQ(error_of([&] { create_parent_folder(folder / "results" / "a.h5"); }),
            (folder / "results").string() + ": the folder cannot be created: " +
                (folder / "results").string() + " is a link that leads to no folder");
}

TEST(AtomicFile, SaysWhatCanNotBeReplaced) {
  const fs::path folder = test_folder() / "a";
  fs::create_directories(folder / "b");
  EXPECT_EQ(error_of([&] { write_file(folder, "text"); }),
            folder.string() + ": is a folder and no file; name a file to write");
}

}  // namespace
}  // namespace rankwise

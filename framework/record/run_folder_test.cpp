#include "framework/record/run_folder.h"

#include "framework/io/hdf5.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void touch(const fs::path& path) { std::ofstream(path) << "x"; }

TEST(RunFolder, ListsFilesThatAreNamedAsRuns) {
  const fs::path folder = test_folder();
  for (const char* name : {"b.h5", "a.failed.h5", "c.h5.partial", "notes.txt"}) {
    touch(folder / name);
  }
  fs::create_directory(folder / "below.h5");
  fs::create_symlink("b.h5", folder / "link.h5");
  const RunFolder listed = list_run_folder(folder);
  EXPECT_THAT(listed.files, ElementsAre(folder / "a.failed.h5", folder / "b.h5",
                                        folder / "c.h5.partial", folder / "link.h5"));
  EXPECT_THAT(listed.folders, ElementsAre(folder / "below.h5"));
  EXPECT_THAT(listed.skipped, IsEmpty());
}

TEST(RunFolder, SkipsWhatIsNoRegularFileWithAWord) {
  const fs::path folder = test_folder();
  touch(folder / "._a.h5");  // what macOS leaves beside a file on a foreign disk
  fs::create_symlink("gone.h5", folder / "dangling.h5");
  fs::create_symlink("loop.h5", folder / "loop.h5");
  fs::create_symlink("loop", folder / "loop");
  ASSERT_EQ(::mkfifo((folder / "pipe.h5").c_str(), 0600), 0);
  const RunFolder listed = list_run_folder(folder);
  EXPECT_THAT(listed.files, IsEmpty());
  const std::string prefix = folder.string() + "/";
  EXPECT_THAT(
      listed.skipped,
      ElementsAre(prefix + "._a.h5: is a hidden file, no run file; skipped",
                  prefix + "dangling.h5: is a link that leads nowhere, no run file; skipped",
                  prefix + "loop.h5: is a link that leads nowhere, no run file; skipped",
                  prefix + "pipe.h5: is no regular file, no run file; skipped"));
}

TEST(RunFolder, ThatCanNotBeReadIsSkippedWithAWord) {
  const fs::path folder = test_folder();
  EXPECT_THAT(list_run_folder(folder / "gone").skipped,
              ElementsAre((folder / "gone").string() + ": No such file or directory; skipped"));
}

TEST(Hdf5, APipeIsRefusedInsteadOfWaitedFor) {
  const fs::path pipe = test_folder() / "pipe.h5";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { hdf5::File::open(pipe); }),
            pipe.string() + ": cannot be read: it is a pipe, not a file");
}

}  // namespace
}  // namespace rankwise

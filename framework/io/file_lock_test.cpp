#include "framework/io/file_lock.h"

#include "framework/io/test_files.h"

#include <array>

namespace rankwise {
namespace {

TEST(FileLock, IsHeldByOneAtATime) {
  const auto path = test_folder() / "runs" / "a.lock";
  auto first = FileLock::try_lock(path);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(FileLock::try_lock(path).has_value());
  first.reset();
  EXPECT_TRUE(FileLock::try_lock(path).has_value());
}

TEST(FileLock, MovesWithItsOwner) {
  const auto path = test_folder() / "a.lock";
  auto first = FileLock::try_lock(path);
  const FileLock second = std::move(*first);
  first.reset();
  EXPECT_FALSE(FileLock::try_lock(path).has_value());
}

TEST(FileLock, SaysWhoHoldsIt) {
  const auto path = test_folder() / "a.lock";
  EXPECT_EQ(FileLock::holder(path), "");
  const auto lock = FileLock::try_lock(path);
  const std::string start = "process " + std::to_string(::getpid()) + " on ";
  EXPECT_EQ(FileLock::holder(path).find(start), 0U) << FileLock::holder(path);
}

TEST(FileLock, IsFreedByAKill) {
  const auto path = test_folder() / "a.lock";
  const auto hold = [&] {
    const auto lock = FileLock::try_lock(path);
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(hold), -SIGKILL);
  EXPECT_TRUE(FileLock::try_lock(path).has_value());
}

TEST(FileLock, LeavesNoFile) {
  const auto path = test_folder() / "a.lock";
  {
    const auto lock = FileLock::try_lock(path);
    EXPECT_FALSE(FileLock::try_lock(path).has_value());
    EXPECT_TRUE(std::filesystem::exists(path)) << "who does not hold it leaves it";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

// Each process adds one to a number that nothing but the lock protects. Without the look at the
// path after locking, two of them hold files of one name.
TEST(FileLock, IsHeldByOneThoughItsFileComesAndGoes) {
  constexpr int kProcesses = 4, kTimes = 2000;
  const auto folder = test_folder();
  write_bytes(folder / "number", "0");
  const auto count = [&] {
    for (int i = 0; i < kTimes; ++i) {
      std::optional<FileLock> lock;
      while (!lock) lock = FileLock::try_lock(folder / "a.lock");
      const int number = std::stoi(bytes_of(folder / "number"));
      write_bytes(folder / "number", std::to_string(number + 1));
    }
    return 0;
  };
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child == 0) ::_exit(count());
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  EXPECT_EQ(bytes_of(folder / "number"), std::to_string(kProcesses * kTimes));
}

TEST(FileLock, SaysWhyItCanNotLock) {
  const auto folder = test_folder();
  EXPECT_EQ(error_of([&] { FileLock::try_lock(folder); }),
            folder.string() + ": cannot be locked: Is a directory");
  EXPECT_TRUE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace rankwise

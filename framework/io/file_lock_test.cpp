#include "framework/io/file_lock.h"

#include "framework/io/test_files.h"

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

TEST(FileLock, SaysWhyItCanNotLock) {
  const auto folder = test_folder();
  EXPECT_EQ(error_of([&] { FileLock::try_lock(folder); }),
            folder.string() + ": cannot be locked: Is a directory");
}

}  // namespace
}  // namespace rankwise

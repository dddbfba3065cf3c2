#include "framework/core/say.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rankwise {
namespace {

/// Standard error leads to a file of that name while it lives.
class StandardError {
 public:
  explicit StandardError(const char* path) : kept_(::dup(STDERR_FILENO)) {
    const int file = ::open(path, O_WRONLY);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }

 private:
  int kept_;
};

TEST(Say, GoesOnWhereNothingCanBeWritten) {
  const StandardError full("/dev/full");
  EXPECT_NO_THROW(say("step {}\n", 3));
}

TEST(Say, OpensWhatWasClosed) {
  const int kept = ::dup(STDERR_FILENO);
  ::close(STDERR_FILENO);
  open_standard_streams();
  EXPECT_GE(::fcntl(STDERR_FILENO, F_GETFD), 0);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
}

}  // namespace
}  // namespace rankwise

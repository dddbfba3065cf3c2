#include "framework/core/say.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace rankwise {

namespace {

std::atomic<int> hushes = 0;

}  // namespace

Hush::Hush() noexcept { ++hushes; }
Hush::~Hush() { --hushes; }

void say_text(std::string_view text) noexcept {
  if (hushes > 0) return;
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void open_standard_streams() {
  // The lowest free number is taken.
  for (int number = ::open("/dev/null", O_RDWR); number >= 0;
       number = ::open("/dev/null", O_RDWR)) {
    if (number <= STDERR_FILENO) continue;
    ::close(number);
    return;
  }
}

}  // namespace rankwise

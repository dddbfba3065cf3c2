#include "framework/io/lease.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"
#include "framework/io/lease_file.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

// Since the boot, with the time that the machine slept: steady_clock leaves that out.
double boot_seconds() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Signals are for the thread that trains, which looks at what they ask for.
std::thread thread_without_signals(std::function<void()> body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

double lease_seconds() {
  constexpr double kUsual = 60, kLeast = 0.5, kMost = 86400;
  const char* text = std::getenv("RANKWISE_LEASE");
  if (text == nullptr) return kUsual;
  char* end = nullptr;
  const double seconds = std::strtod(text, &end);
  check(end != text && *end == '\0' && seconds >= kLeast && seconds <= kMost,
        "RANKWISE_LEASE: '{}' is no number of seconds from {} to {}", text, kLeast, kMost);
  return seconds;
}

// Renews by a thread of its own; one object a lease, at one place in memory.
class Lease::Holding {
 public:
  Holding(fs::path path, LeaseFile file, LeaseNote note)
      : path_(std::move(path)), file_(std::move(file)), note_(std::move(note)) {
    fresh_until_ = boot_seconds() + safe_seconds();
    thread_ = thread_without_signals([this] { renew_until_released(); });
  }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() {
    {
      const std::lock_guard guard(mutex_);
      released_ = true;
    }
    wake_.notify_all();
    thread_.join();
    if (!lost_.empty()) return;
    try {
      remove_lease_file(path_, note_, boot_seconds() >= fresh_until_);
    } catch (const Error& error) {
      lost_ = error.what();  // whoever comes finds that this process has ended
    }
  }

  void check() {
    if (boot_seconds() < fresh_until_) return;
    const std::lock_guard guard(mutex_);
    renew();
    if (!lost_.empty()) throw LeaseLost(lost_);
    if (boot_seconds() >= fresh_until_) {
      throw LeaseLost(
          fmt::format("{}: cannot be renewed, so that another process may have taken "
                      "it: {}",
                      path_.string(), trouble_));
    }
  }

  void say(nlohmann::json about) {
    const std::lock_guard guard(mutex_);
    note_.about = std::move(about);
  }

 private:
  // Others count from when they see a sign of life, which is later than when it is begun here, and
  // by another clock, which may be a little faster.
  double safe_seconds() const { return 0.9 * note_.seconds; }

  void renew_until_released() {
    constexpr double kBeats = 6;  // in the time that a lease lasts
    const std::chrono::duration<double> pause(note_.seconds / kBeats);
    std::unique_lock guard(mutex_);
    while (!wake_.wait_for(guard, pause, [this] { return released_; }) && lost_.empty()) renew();
  }

  // With mutex_ held. What fails for a moment is tried again while the lease lasts.
  void renew() {
    if (!lost_.empty()) return;
    try {
      const double begin = boot_seconds();
      if (begin >= fresh_until_) take_again();
      if (!lost_.empty()) return;
      ++note_.beats;
      note_.beat_at = std::time(nullptr);
      file_.write(note_);
      look_who_holds_it();
      if (lost_.empty()) fresh_until_ = begin + safe_seconds();
    } catch (const Error& error) {
      trouble_ = error.what();
    }
    if (!lost_.empty()) fresh_until_ = 0;
  }

  void look_who_holds_it() {
    const auto text = read_lease_file(path_);
    const auto note = text ? parse_lease_note(*text) : std::nullopt;
    if (note && note->id == note_.id) return;
    lost_ = !text ? fmt::format("{}: is gone, so that another process may be at it", path_.string())
            : note ? fmt::format("{}: was taken over by {} after {:.0f} s without a sign of life",
                                 path_.string(), note->holder(), note_.seconds)
                   : fmt::format("{}: was overwritten", path_.string());
  }

  // Too late to renew: as anybody else may, now.
  void take_again() {
    LeaseNote anew = new_lease_note(note_.seconds);
    anew.started = note_.started;
    anew.about = note_.about;
    look_who_holds_it();
    if (!lost_.empty()) return;
    auto file = LeaseFile::replace(path_, note_.id, anew);
    if (!file) {
      look_who_holds_it();
      if (lost_.empty()) lost_ = fmt::format("{}: is being taken over", path_.string());
      return;
    }
    file_ = std::move(*file);
    note_ = std::move(anew);
  }

  const fs::path path_;
  LeaseFile file_;
  LeaseNote note_;
  std::string lost_;                    // why; empty while it is held
  std::string trouble_;                 // the last failure to renew
  std::atomic<double> fresh_until_{0};  // in seconds since the boot
  bool released_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

Lease::Lease(std::unique_ptr<Holding> holding) : holding_(std::move(holding)) {}
Lease::Lease(Lease&&) noexcept = default;
Lease& Lease::operator=(Lease&&) noexcept = default;
Lease::~Lease() = default;

std::optional<Lease> Lease::try_take(const fs::path& path) {
  create_parent_folder(path);
  LeaseNote note = new_lease_note(lease_seconds());
  auto file = LeaseFile::create(path, note);
  if (!file) {
    const auto text = read_lease_file(path);
    if (!text) return try_take(path);  // given back since
    const auto old = parse_lease_note(*text);
    if (old && has_ended(*old)) file = LeaseFile::replace(path, old->id, note);
  }
  if (!file) return std::nullopt;
  return Lease(std::make_unique<Holding>(path, std::move(*file), std::move(note)));
}

std::optional<Lease> Lease::take_over(const fs::path& path, const std::string& text) {
  if (read_lease_file(path) != text) return std::nullopt;
  const auto old = parse_lease_note(text);
  LeaseNote note = new_lease_note(lease_seconds());
  auto file = LeaseFile::replace(path, old ? old->id : "", note);
  if (!file) return std::nullopt;
  return Lease(std::make_unique<Holding>(path, std::move(*file), std::move(note)));
}

void Lease::check() { holding_->check(); }

void Lease::say(nlohmann::json about) { holding_->say(std::move(about)); }

}  // namespace rankwise

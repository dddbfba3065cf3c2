/// Optimisations by name, each beside plain code that computes the same: turned off, one by one, to
/// see what each gives.
#pragma once

#include "framework/core/registry.h"

#include <atomic>
#include <string>
#include <vector>

namespace rankwise {

class Switch {
 public:
  /// For static objects beside the code that they choose: a name that is taken waits for
  /// check_registrations(). `help`: what it does; without: what is done then.
  Switch(const char* name, const char* help) noexcept;
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  /// On unless it was turned off. Cheap enough for every call of an op.
  explicit operator bool() const { return on_.load(std::memory_order_relaxed); }
  void set(bool on) { on_.store(on, std::memory_order_relaxed); }
  const char* help() const { return help_; }

 private:
  const char* help_;
  std::atomic<bool> on_ = true;
};

Registry<Switch*>& switches();

/// Turns off what the environment variable RANKWISE_WITHOUT names, with commas between. Throws
/// Error for a name that is unknown, with those that are known.
void read_switches();

/// Names of those that are off, in alphabetical order.
std::vector<std::string> switched_off();

/// Turns one off for as long as it lives: for tests and benchmarks.
class Without {
 public:
  /// Throws Error for an unknown name.
  explicit Without(const std::string& name) : switch_(*switches().find(name)), was_(switch_) {
    switch_.set(false);
  }
  ~Without() { switch_.set(was_); }
  Without(const Without&) = delete;
  Without& operator=(const Without&) = delete;

 private:
  Switch& switch_;
  bool was_;
};

}  // namespace rankwise

/// The process between ours and a program that nobody vouches for: it starts the program with its
/// limits, waits, and leaves nothing of it running. It begins as a copy of a process that may have
/// threads, so that it calls the system and nothing else: no memory is taken, nothing is thrown.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstdint>

namespace rankwise {

/// All that the guard needs, made before it begins.
struct GuardPlan {
  char* const* words = nullptr;        // of the command; the first is a path
  char* const* environment = nullptr;  // "NAME=value" each
  const char* folder = nullptr;        // to begin in
  std::int64_t nanoseconds = 0;        // wall time
  rlim_t address_space = 0;            // bytes
  bool namespaces = true;              // the guard is process 1 of a namespace of its own
  bool from_root = false;              // the program takes the user kProgramUser of the namespace
  pid_t parent = 0;
  int nothing = -1, output = -1, report = -1;  // descriptors: /dev/null, and two pipes' ends
  int begin = -1;  // a pipe's end: a byte of it says that the namespace has its users
};

/// No limit on the number of processes binds root, so that its programs run as another user: this
/// one in the namespace, kOutsideUser outside, who may do with root's files what root may.
inline constexpr uid_t kProgramUser = 1, kOutsideUser = 65534;

/// What the guard writes to `report`.
struct GuardReport {
  enum Kind : std::int32_t { kNotStarted, kExited, kSignalled, kTimeOver };
  Kind kind = kNotStarted;
  std::int32_t value = 0;  // errno, exit status or signal
};

/// As fork(), with flags of clone(2); both processes go on here. The C library's own may wait for
/// what another thread held.
pid_t system_fork(unsigned long flags = 0);

/// Runs in the new process; returns when the program and all that it started are gone, or, of a
/// guard with namespaces, go with it. The caller ends the process.
void guard_program(const GuardPlan& plan);

}  // namespace rankwise

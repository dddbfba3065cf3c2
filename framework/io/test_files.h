/// Folders, messages and child processes for the tests of this folder.
#pragma once

#include "framework/core/error.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace rankwise {

/// A folder that goes when the process that made it ends; its children leave it alone.
struct FolderOfProcess {
  pid_t owner = ::getpid();
  std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / ("rankwise-test-" + std::to_string(owner));

  FolderOfProcess() = default;
  FolderOfProcess(const FolderOfProcess&) = delete;
  FolderOfProcess& operator=(const FolderOfProcess&) = delete;
  ~FolderOfProcess() {
    std::error_code ignored;
    if (::getpid() == owner) std::filesystem::remove_all(path, ignored);
  }
};

/// An empty folder of the running test.
inline std::filesystem::path test_folder() {
  static const FolderOfProcess folder;
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path path =
      folder.path / (std::string(test->test_suite_name()) + "." + test->name());
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

/// The message of the Error that `action` throws; "" where it throws none.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Runs `action` in a child process and waits: its exit code, or minus the signal that ended it.
template <class Action>
int in_child(const Action& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // a hang ends with SIGALRM
    std::exit(action());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// No file of this process may grow beyond `bytes`: stands for a full disk.
inline void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit { bytes, bytes };
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace rankwise

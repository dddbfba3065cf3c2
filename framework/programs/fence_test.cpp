#include "framework/programs/fence.h"

#include "framework/io/test_files.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

constexpr double kPatience = 20;  // seconds that a program which ends by itself is given

bool has_namespaces() {
  return error_of([] { check_fence({}); }).empty();
}

// With namespaces and without: what holds for both.
class Fence : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam() && !has_namespaces()) GTEST_SKIP() << "this system gives no namespaces";
  }

  ProgramOutcome shell(const std::string& script, double seconds = kPatience) const {
    return run({"/bin/sh", "-c", script}, seconds);
  }

  ProgramOutcome python(const std::string& program, double seconds = kPatience,
                        std::int64_t mebibytes = 1024) const {
    return run({"/usr/bin/env", "python3", "-I", "-c", program}, seconds, mebibytes);
  }

  std::filesystem::path folder = test_folder();

 private:
  ProgramOutcome run(const std::vector<std::string>& words, double seconds,
                     std::int64_t mebibytes = 1024) const {
    return run_in_fence(words, folder,
                        {.seconds = seconds, .mebibytes = mebibytes, .network = GetParam()});
  }
};

// Whether a process goes on that writes the time into a file several times per second.
bool is_written(const std::filesystem::path& file) {
  const std::string before = bytes_of(file);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return bytes_of(file) != before;
}

constexpr const char* kWriter = "(while :; do date +%s%N > beat; sleep 0.05; done)";

TEST_P(Fence, StatusZeroPasses) {
  const ProgramOutcome outcome = shell("echo done; echo too >&2");
  EXPECT_EQ(outcome.end, ProgramEnd::kPassed);
  EXPECT_EQ(outcome.words, "ended with status 0");
  EXPECT_EQ(outcome.output, "done\ntoo\n");
}

TEST_P(Fence, AnotherStatusOrASignalFails) {
  EXPECT_EQ(shell("exit 3").end, ProgramEnd::kFailed);
  EXPECT_EQ(shell("exit 3").words, "ended with status 3");
  EXPECT_THAT(shell("kill -SEGV $$").words, StartsWith("was ended by signal 11"));
}

TEST_P(Fence, TimeEndsEvenWhatIgnoresTheSignalToEnd) {
  const auto begin = Clock::now();
  const ProgramOutcome outcome = shell("trap '' TERM INT HUP; while :; do sleep 1; done", 0.5);
  EXPECT_EQ(outcome.end, ProgramEnd::kTimeOver);
  EXPECT_EQ(outcome.words, "took more than 0.5 s");
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(4));
}

TEST_P(Fence, NothingOfAProgramIsLeftWhenItsTimeIsOver) {
  const std::string script = fmt::format("setsid sh -c '{}' & {}", kWriter, "sleep 100");
  EXPECT_EQ(shell(script, 2).end, ProgramEnd::kTimeOver);
  EXPECT_TRUE(std::filesystem::exists(folder / "beat")) << "the grandchild never began";
  EXPECT_FALSE(is_written(folder / "beat")) << "a grandchild in a session of its own goes on";
}

TEST_P(Fence, NothingOfAProgramIsLeftWhenItEnds) {
  const std::string script =
      fmt::format("setsid sh -c '{}' & while ! [ -s beat ]; do sleep 0.02; done", kWriter);
  EXPECT_EQ(shell(script).end, ProgramEnd::kPassed);
  EXPECT_FALSE(is_written(folder / "beat"));
}

TEST_P(Fence, NothingOfAProgramIsLeftWhenTheProcessThatRunsItIsKilled) {
  const pid_t runner = fork();
  if (runner == 0) {
    shell(fmt::format("setsid sh -c '{}' & sleep 100", kWriter), 100);
    _exit(0);
  }
  while (bytes_of(folder / "beat").empty()) std::this_thread::yield();
  kill(runner, SIGKILL);
  waitpid(runner, nullptr, 0);
  const auto end = Clock::now() + std::chrono::seconds(10);
  while (is_written(folder / "beat") && Clock::now() < end) std::this_thread::yield();
  EXPECT_FALSE(is_written(folder / "beat"));
}

TEST_P(Fence, MemoryIsBounded) {
  EXPECT_EQ(python("bytearray(100 << 20)").end, ProgramEnd::kPassed);
  const ProgramOutcome outcome = python("bytearray(2000 << 20)");
  EXPECT_EQ(outcome.end, ProgramEnd::kFailed);
  EXPECT_THAT(outcome.output, HasSubstr("MemoryError"));
}

TEST_P(Fence, ProcessesAreBounded) {
  if (GetParam()) GTEST_SKIP() << "without namespaces all processes of the user would count";
  const ProgramOutcome outcome = python(
      "import os, time\nmade = 0\ntry:\n    while made < 400:\n        if os.fork() == 0:\n"
      "            time.sleep(60)\n        made += 1\nexcept OSError:\n    pass\nprint(made)");
  EXPECT_EQ(outcome.end, ProgramEnd::kPassed) << outcome.output;
  EXPECT_LT(std::stoi(outcome.output), 256);
}

TEST_P(Fence, FilesAreBounded) {
  EXPECT_THAT(shell("head -c 100000000 /dev/zero > large; exit $?").words,
              ::testing::Not("ended with status 0"));
  EXPECT_LE(std::filesystem::file_size(folder / "large"), 64U << 20);
}

TEST_P(Fence, OfOutputWithoutEndTheLastIsKept) {
  const ProgramOutcome outcome = shell("while :; do echo 0123456789; done", 0.5);
  EXPECT_EQ(outcome.end, ProgramEnd::kTimeOver);
  EXPECT_EQ(outcome.output.size(), ProgramOutcome::kMostOutput);
}

TEST_P(Fence, SeesItsFolderAndLittleElse) {
  setenv("RANKWISE_SECRET", "secret", 1);
  const ProgramOutcome outcome = shell(
      "pwd; echo $HOME; echo $TMPDIR; echo [$RANKWISE_SECRET]; cat; ls /proc/self/fd | wc -l");
  unsetenv("RANKWISE_SECRET");
  const std::string name = folder.string();
  EXPECT_THAT(outcome.output, StartsWith(fmt::format("{}\n{}\n{}\n[]\n4\n", name, name, name)))
      << "standard input is empty, and ls has its folder open beside the three descriptors";
}

TEST_P(Fence, WhatCannotBeStartedIsSaid) {
  EXPECT_THAT(
      error_of([&] { run_in_fence({"/no/such/program"}, folder, {.network = GetParam()}); }),
      HasSubstr("/no/such/program: cannot be started: No such file or directory"));
}

// A server of ours that the program tries to reach.
struct Server {
  int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  int port = 0;

  Server() {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    auto* general = reinterpret_cast<sockaddr*>(&address);
    const bool listens = bind(socket, general, size) == 0 && listen(socket, 8) == 0 &&
                         getsockname(socket, general, &size) == 0;
    if (listens) port = ntohs(address.sin_port);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { close(socket); }
};

TEST_P(Fence, KeepsItFromTheNetworkUnlessItIsAllowedOne) {
  const Server server;
  ASSERT_GT(server.port, 0);
  const ProgramOutcome outcome = python(fmt::format(
      "import socket\nsocket.create_connection(('127.0.0.1', {}), timeout=5)", server.port));
  EXPECT_EQ(outcome.end, GetParam() ? ProgramEnd::kPassed : ProgramEnd::kFailed);
  EXPECT_THAT(outcome.output, HasSubstr(GetParam() ? "" : "Network is unreachable"));
}

TEST_P(Fence, KeepsOtherProcessesFromIt) {
  if (GetParam()) GTEST_SKIP() << "without namespaces it sees them";
  EXPECT_EQ(shell(fmt::format("kill -0 {}", getpid())).end, ProgramEnd::kFailed);
}

INSTANTIATE_TEST_SUITE_P(, Fence, ::testing::Values(false, true), [](const auto& fence) {
  return fence.param ? "WithNetwork" : "WithNamespaces";
});

// In a namespace where its user has no name a process gets no further ones.
TEST(FenceCheck, SaysWhereTheSystemRefusesNamespaces) {
  const int code = in_child([] {
    if (unshare(CLONE_NEWUSER) != 0) return 2;
    const std::string message = error_of([] { check_fence({}); });
    const bool told = message.starts_with("this system gives programs no network namespace") &&
                      message.find("--with-network") != std::string::npos;
    return told && error_of([] { check_fence({.network = true}); }).empty() ? 0 : 1;
  });
  if (code == 2) GTEST_SKIP() << "this system gives no namespaces at all";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace rankwise

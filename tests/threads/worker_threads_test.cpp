// Workers that are started, read and stopped from several threads of one process.

#include "framework/io/test_files.h"
#include "framework/run/worker_process.h"
#include "tests/threads/together.h"

#include <poll.h>

#include <array>

namespace rankwise {
namespace {

// A program that takes its order first, as workers do.
std::filesystem::path script(const std::string& text) {
  const auto path = test_folder() / "program";
  write_bytes(path, text);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

std::filesystem::path program(const std::string& body) {
  return script("#!/bin/bash\norder=$(cat)\n" + body + "\n");
}

WorkerEnd end_of(WorkerProcess& worker) {
  for (;;) {
    std::vector<pollfd> waiting;
    for (const int descriptor : worker.descriptors()) waiting.push_back({descriptor, POLLIN, 0});
    ::poll(waiting.data(), waiting.size(), 20);
    worker.read();
    if (const auto end = worker.end()) return *end;
  }
}

TEST(WorkerThreads, GetTheirOwnAnswers) {
  const std::string shell = program("echo \"$order\" >&$3; echo noise >&2");
  std::array<std::string, 4> answers;
  together(answers.size(), [&](std::size_t i) {
    for (int again = 0; again < 3; ++again) {
      WorkerProcess worker(shell, "order " + std::to_string(i), Messages::kKept);
      const WorkerEnd end = end_of(worker);
      EXPECT_EQ(worker.take_messages(), std::vector<std::string>{"noise"});
      answers[i] += end.answer;
    }
  });
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string line = "order " + std::to_string(i) + "\n";
    EXPECT_EQ(answers[i], line + line + line);
  }
}

TEST(WorkerThreads, AreAskedToStopWhileTheyAreRead) {
  // Requests are held until the worker is ready for them, which a shell can not say.
  const std::string shell = script(R"(#!/usr/bin/env python3
import os, signal, sys
answer = int(sys.argv[3])
sys.stdin.read()
signal.signal(signal.SIGUSR1, lambda *_: (os.write(answer, b"stopped\n"), os._exit(75)))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
os.write(answer, b"ready\n")
while True:
    signal.pause()
)");
  WorkerProcess worker(shell, "order");
  std::vector<std::string> lines;
  while (lines.empty()) {
    worker.read();
    lines = worker.take_lines();
  }
  WorkerEnd end;
  together(2, [&](std::size_t i) {
    if (i == 0) {
      worker.ask_to_stop();
    } else {
      end = end_of(worker);
    }
  });
  EXPECT_EQ(end.answer, "stopped\n");
}

}  // namespace
}  // namespace rankwise

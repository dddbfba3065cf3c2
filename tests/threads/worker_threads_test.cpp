// Workers that are started, read and stopped from several threads of one process.

#include "framework/io/test_files.h"
#include "framework/run/worker_process.h"
#include "tests/threads/together.h"

#include <poll.h>

#include <array>

namespace rankwise {
namespace {

// A program that takes its order first, as workers do.
std::filesystem::path program(const std::string& body) {
  const auto path = test_folder() / "program";
  write_bytes(path, "#!/bin/bash\norder=$(cat)\n" + body + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
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
  const std::string shell = program(
      "trap 'echo stopped >&$3; exit 75' USR1; echo ready >&$3\n"
      "while :; do sleep 0.05; done");
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

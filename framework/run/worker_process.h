/// One worker as its parent sees it: started with an order, read while it runs, asked to stop.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

namespace rankwise {

/// How a worker ended.
struct WorkerEnd {
  std::string answer;         // what it wrote on its answer's descriptor
  std::optional<int> status;  // as of waitpid(); nothing where another part of the process took it
};

/// Of a worker that ended without an answer: what became of it, in words.
std::string silence_of(const WorkerEnd& end);

/// Writes all of the text, but for a reader that went away.
void write_all(int descriptor, const std::string& text);

class WorkerProcess {
 public:
  /// Starts `program worker --answer N`, which reads `order` from standard input. It ends with this
  /// process: one that outlived it would compute unseen and hold a run's lock. Throws Error where
  /// no process can be started.
  WorkerProcess(const std::string& program, const std::string& order);
  WorkerProcess(WorkerProcess&&) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) noexcept;
  ~WorkerProcess();

  /// Ready to be read when poll() says so.
  int descriptor() const;

  /// Takes what it has answered so far, without waiting.
  void read();

  /// Once it has ended; nothing while it runs. Does not wait.
  std::optional<WorkerEnd> end();

  void ask_to_stop() const;

 private:
  class Pipe;
  std::unique_ptr<Pipe> answer_pipe_;
  pid_t process_ = -1;
  std::string answer_;
};

}  // namespace rankwise

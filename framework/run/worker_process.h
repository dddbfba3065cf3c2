/// One worker as its parent sees it: started with an order, read while it runs, asked to stop.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// How a worker ended.
struct WorkerEnd {
  std::string answer;         // what it wrote on its answer's descriptor and nobody took
  std::optional<int> status;  // as of waitpid(); nothing where another part of the process took it
};

/// Of a worker that ended without an answer: what became of it, in words.
std::string silence_of(const WorkerEnd& end);

/// Writes all of the text, but for a reader that went away.
void write_all(int descriptor, const std::string& text);

/// Where a worker's standard error goes: where ours does, or to who started it (take_messages()).
enum class Messages { kPassedOn, kKept };

class WorkerProcess {
 public:
  /// Starts `program worker --answer N`, which reads `order` from standard input. It ends with this
  /// process: one that outlived it would compute unseen and hold a run's lock. Throws Error where
  /// no process can be started.
  WorkerProcess(const std::string& program, const std::string& order,
                Messages messages = Messages::kPassedOn);
  WorkerProcess(WorkerProcess&&) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) noexcept;
  ~WorkerProcess();

  /// Ready to be read when poll() says so.
  std::vector<int> descriptors() const;

  /// Takes what it has answered so far, without waiting.
  void read();

  /// The whole lines of its answer so far, without their ends; each is given once.
  std::vector<std::string> take_lines();

  /// Likewise of its standard error, where that is kept; the last line also without an end once it
  /// has ended.
  std::vector<std::string> take_messages();

  /// Once it has ended; nothing while it runs. Does not wait.
  std::optional<WorkerEnd> end();

  void ask_to_stop() const;

 private:
  class Pipe;
  static void read_into(std::string& text, Pipe& pipe);

  std::unique_ptr<Pipe> answer_pipe_, message_pipe_;  // the second only where they are kept
  pid_t process_ = -1;
  std::string answer_, messages_;
  bool ended_ = false;
};

}  // namespace rankwise

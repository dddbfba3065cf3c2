/// The processes that train one run together: what one of them says to all.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

namespace rankwise {

/// Every process calls the same functions in the same order. Their results are the same bits in
/// all, and the same from one call of the program to the next: sums are taken in the order of the
/// ranks. Throws ProcessLost where another process ended or can not be reached.
class Collective {
 public:
  Collective() = default;
  Collective(const Collective&) = delete;
  Collective& operator=(const Collective&) = delete;
  virtual ~Collective() = default;

  virtual std::int64_t rank() const = 0;  // of this process: 0 to size() - 1
  virtual std::int64_t size() const = 0;
  /// "2 processes over MPI", for a run's file.
  virtual std::string text() const = 0;

  /// `values` [N] becomes the sum of all processes' values. Contiguous, fp32 or fp64, any device.
  virtual void all_reduce(torch::Tensor& values) = 0;
  /// `values` [N] becomes that of rank 0. Contiguous.
  virtual void broadcast(torch::Tensor& values) = 0;
  virtual void barrier() = 0;

  /// Throws ProcessLost where another process is known to have ended: for who waits otherwise.
  virtual void check_others() {}
  /// Tells the others that this process ends for `reason`, so that none waits for it. They end with
  /// that line.
  virtual void abandon(const std::string& reason) noexcept = 0;

  bool alone() const { return size() == 1; }
  /// Whether it writes files and lines: one process does.
  bool leads() const { return rank() == 0; }
};

/// That of a run in one process: nothing is sent.
Collective& one_process();

/// The whole number of rank 0.
std::int64_t agreed(Collective& processes, std::int64_t value);

}  // namespace rankwise

/// Ending a run early, so that it can be resumed.
#pragma once

#include <exception>
#include <functional>

namespace rankwise {

/// Asked after every step and before every batch of an evaluation: true ends the run there.
using StopRequest = std::function<bool()>;

/// Thrown where a run ends because it was asked to. Not an Error: nothing went wrong.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

}  // namespace rankwise

/// What ends a run of several processes from outside of it.
#pragma once

#include "framework/core/error.h"

namespace rankwise {

/// Another of the run's processes ended or can not be reached. The run is not failed: its
/// checkpoint is as good as before.
class ProcessLost : public Error {
 public:
  using Error::Error;
};

}  // namespace rankwise

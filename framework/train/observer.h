/// What watches a run. The trainer tells; observers write, print or stop nothing.
#pragma once

#include "framework/record/run_file.h"

namespace rankwise {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_step(const StepRecord& /*record*/) {}
  virtual void on_evaluation(const EvaluationRecord& /*record*/) {}
};

}  // namespace rankwise

/// Writes what it observes to the run file.
#pragma once

#include "framework/record/run_writer.h"
#include "framework/train/observer.h"

namespace rankwise {

class Recorder : public Observer {
 public:
  explicit Recorder(RunWriter& writer) : writer_(writer) {}
  void on_step(const StepRecord& record) override { writer_.step(record); }
  void on_evaluation(const EvaluationRecord& record) override { writer_.evaluation(record); }

 private:
  RunWriter& writer_;
};

}  // namespace rankwise

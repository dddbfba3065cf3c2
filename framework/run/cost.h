/// Seconds of work from what it takes in: rates that are fitted to a few timed parts.
#pragma once

#include <array>
#include <vector>

namespace rankwise {

/// How much of each thing that takes time: of training {steps, micro-batches, rows}, of evaluation
/// {batches, rows, rows whose use of ranks is counted}, of writing texts {forwards, rows of
/// prompts, tokens}.
using Amounts = std::array<double, 3>;

/// Seconds for one of each amount.
using Rates = Amounts;

struct TimedPart {
  Amounts amounts{};
  double seconds = 0;
};

/// By least squares; no rate is negative. Amounts that the parts do not tell apart share their
/// time, so that work of the same kind is still told right. Zeros where nothing was timed.
Rates fit_rates(const std::vector<TimedPart>& parts);

double seconds_of(const Amounts& amounts, const Rates& rates);

Amounts sum_of(const Amounts& one, const Amounts& other, double times = 1);

}  // namespace rankwise

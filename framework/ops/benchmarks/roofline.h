/// The least time that this machine could take for an op, and its share of the time taken.
#pragma once

#include <benchmark/benchmark.h>
#include <c10/core/ScalarType.h>

namespace rankwise {

/// What an op must compute and move at least.
struct Work {
  double flops = 0;
  double values = 0;  // read or written, once each
  c10::ScalarType type =
      c10::kFloat;  // what is computed in; a value of another size counts as parts of it
};

/// Measured once in this process, by one thread; processor time, as all rates here.
struct Roofline {
  /// A second, of a product as MiniLM has it, by the faster of LibTorch's libraries.
  double flops = 0;
  double bytes = 0;  // a second, read and written, of a copy beyond the caches
};
const Roofline& roofline(c10::ScalarType type);

/// The rates, in the context that the output begins with.
void add_roofline();

/// Counters of one call's work: GFLOP/s, GB/s, and `roof`, the share of the roofline. Where what an
/// op moves stays in a cache, it may exceed one.
void count(benchmark::State& state, const Work& work);

}  // namespace rankwise

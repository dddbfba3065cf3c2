// Times every op of framework/ops against the roofline of this machine, by one thread;
// RANKWISE_WITHOUT turns optimisations off, --benchmark_filter=REGEX chooses.

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/ops/benchmarks/timed_ops.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

int main(int count, char** arguments) {
  try {
    rankwise::read_switches();
  } catch (const rankwise::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  at::set_num_threads(1);
  torch::manual_seed(0);
  for (const rankwise::BatchShape& shape : rankwise::batch_shapes()) {
    rankwise::add_product_ops(shape);
    rankwise::add_linear_ops(shape);
    rankwise::add_rank_ops(shape);
    rankwise::add_attention_ops(shape);
    rankwise::add_row_ops(shape);
  }
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  rankwise::add_roofline();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

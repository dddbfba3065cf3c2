// Summaries of studies: each run of it, as tables and figures ask for it.

#include "analysis/report/lint.h"
#include "framework/core/json.h"
#include "framework/record/example_summary.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/record/summary_writer.h"
#include "tests/fuzz/hdf5_input.h"

namespace {

void write_summary(const std::filesystem::path& file) {
  using namespace rankwise;
  SummaryRun merged = example_summary_run("merged");
  merged.merge = example_merge();
  write_summary_file(file, {example_summary_run(), merged});
}

template <class Read>
void ask(const Read& read) {
  rankwise::fuzz::answered(read);
}

void read_run(const std::filesystem::path& path) {
  using namespace rankwise;
  const RunFile run(path);
  ask([&] { run.steps(); });
  ask([&] { run.evaluations(); });
  ask([&] { run.predictions(); });
  ask([&] { run.sample_embeddings(); });
  ask([&] { run.sample_tasks(); });
  ask([&] { run.gradients(); });
  ask([&] { run.parameters(); });
  ask([&] { run.merge(); });
  ask([&] { analysis::lint_run(path); });
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  rankwise::fuzz::write_seed(write_summary);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto& file = rankwise::fuzz::input_file(data, size, ".h5");
  return rankwise::fuzz::answered([&] {
    for (const auto& path : rankwise::summary_runs(file)) ask([&] { read_run(path); });
  });
}

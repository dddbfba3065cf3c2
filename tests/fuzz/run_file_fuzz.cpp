// Run files: everything that a reader may ask for, and lint, which computes with all of it.

#include "analysis/report/lint.h"
#include "framework/core/json.h"
#include "framework/record/example_run.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"
#include "tests/fuzz/hdf5_input.h"

namespace {

void write_run(const std::filesystem::path& file) {
  using namespace rankwise;
  RunWriter writer(file, example_layout(), {{"label", "a"}, {"config", {{"rank", 8}}}});
  for (const std::int64_t step : {1, 2}) writer.step(example_step(step));
  writer.evaluation(example_evaluation(2));
  writer.finish(example_final(), {{"seconds", 1.5}});
}

template <class Read>
void ask(const Read& read) {
  rankwise::fuzz::answered(read);
}

void read_all(const std::filesystem::path& file) {
  using namespace rankwise;
  const RunFile run(file);
  ask([&] { run.steps(); });
  ask([&] { run.evaluations(); });
  ask([&] { run.history(1); });
  ask([&] { run.predictions(); });
  ask([&] { run.sample_embeddings(); });
  ask([&] { run.sample_tasks(); });
  ask([&] { run.factors(); });
  ask([&] { run.gradients(); });
  ask([&] { run.parameters(); });
  ask([&] { run.merge(); });
  for (const SiteRecord& site : run.layout().sites) ask([&] { run.entropy(site.name); });
  ask([&] { analysis::lint_run(file); });
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  rankwise::fuzz::write_seed(write_run);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto& file = rankwise::fuzz::input_file(data, size, ".h5");
  return rankwise::fuzz::answered([&] { read_all(file); });
}

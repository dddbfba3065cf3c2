#include "framework/record/summary_rewrite.h"

#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/record/summary_writer.h"

#include <utility>

namespace rankwise {
namespace {

SummaryRun run_of(const RunFile& file) {
  return {.name = run_name(file.path()),
          .attributes = file.attributes(),
          .layout = file.layout(),
          .steps = file.steps(),
          .evaluations = file.evaluations(),
          .final = {.predictions = file.predictions(),
                    .sample_embeddings = file.sample_embeddings(),
                    .sample_tasks = file.sample_tasks(),
                    .factors = {},
                    .gradients = file.gradients(),
                    .parameters = file.parameters()},
          .merge = file.merge()};
}

}  // namespace

void rewrite_runs(const std::filesystem::path& file,
                  const std::function<void(SummaryRun&)>& change) {
  std::vector<SummaryRun> runs;
  for (const std::filesystem::path& path : summary_runs(file)) {
    runs.push_back(run_of(RunFile(path)));
    change(runs.back());
  }
  write_summary_file(file, runs);
}

void rewrite_summary(const std::filesystem::path& file,
                     const std::function<nlohmann::json(nlohmann::json)>& change) {
  rewrite_runs(file, [&](SummaryRun& run) { run.attributes = change(std::move(run.attributes)); });
}

}  // namespace rankwise

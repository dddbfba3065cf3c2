#include "experiments/program/run_checks.h"

#include "analysis/figures/figure.h"
#include "analysis/tables/table_kind.h"
#include "framework/run/init_from.h"
#include "framework/run/run_setup.h"

#include <map>
#include <set>
#include <string>

namespace rankwise {

namespace {

// What load_data() reads and makes of it.
std::string data_of(const RunConfig& config) {
  return options_to_json(config.data).dump() + config.backbone + config.backbone_options.dump() +
         options_to_json(config.train)["precision"].dump();
}

// Runs that differ in nothing else have models of the same shapes.
std::string shapes_of(const RunConfig& config) {
  nlohmann::json run = config.to_json();
  for (const char* member : {"label", "group", "seed", "adapter_seed"}) run.erase(member);
  return run.dump();
}

void check_model(const RunJob& job, const RunSetup& data) {
  try {
    check_model(job.config, job.paths, data);
    check_init(job.config, job.paths, data);
  } catch (const Error& error) {
    fail("{} seed {}: {}", job.config.label, job.config.seed, error.what());
  }
}

}  // namespace

void check_outputs(const StudyFile& file) {
  const auto known = [&](const auto& registry, const std::vector<StudyOutput>& outputs) {
    for (const StudyOutput& output : outputs) {
      try {
        static_cast<void>(registry.find(output.name));
      } catch (const Error& error) {
        fail("{}: {}", file.path.string(), error.what());
      }
    }
  };
  known(analysis::tables(), file.tables);
  known(analysis::figures(), file.figures);
}

void check_runs(const std::vector<RunJob>& jobs,
                const std::function<bool(const RunJob&)>& needs_training) {
  std::map<std::string, std::vector<const RunJob*>> by_data;
  for (const RunJob& job : jobs) by_data[data_of(job.config)].push_back(&job);
  for (const auto& [ignored, alike] : by_data) {
    const RunJob& first = *alike.front();
    const RunSetup data = load_data(first.config, first.paths, first.device);
    std::set<std::string> checked;
    for (const RunJob* job : alike) {
      if (needs_training(*job) && checked.insert(shapes_of(job->config)).second) {
        check_model(*job, data);
      }
    }
  }
}

}  // namespace rankwise

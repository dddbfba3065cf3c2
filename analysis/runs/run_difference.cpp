#include "analysis/runs/run_difference.h"

#include "framework/record/run_columns.h"
#include "framework/record/run_reader.h"

namespace rankwise::analysis {
namespace {

nlohmann::json described(const std::filesystem::path& path) {
  const RunFile file(path);
  nlohmann::json object = file.attributes();
  for (const char* measured :
       {"best_step", "config_hash", "created", "json", "order", "peak_device_allocated_mib",
        "peak_device_reserved_mib", "peak_memory_mib", "seconds", "tokens_per_second",
        "training_seconds"}) {
    object.erase(measured);
  }
  if (object.contains("config")) {
    for (const char* twice : {"label", "group", "seed", "variant"}) object["config"].erase(twice);
  }
  const ParameterCounts counts = file.parameters();
  for_each_parameter_count(
      [&](const char* name, auto field) { object["parameters"][name] = counts.*field; });
  return object;
}

}  // namespace

std::vector<LeafDifference> run_differences(const std::filesystem::path& a,
                                            const std::filesystem::path& b) {
  return differences(described(a), described(b));
}

}  // namespace rankwise::analysis

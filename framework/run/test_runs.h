/// For tests: small runs on the planted suite, as configs and as jobs.
#pragma once

#include "framework/run/identify.h"
#include "framework/run/run.h"

namespace rankwise {

/// What messages name such a run by.
inline constexpr const char* kRunPath = "x.json: runs[2]";

/// SMoRA with 8 ranks on the small backbone, everything else by default.
inline nlohmann::json planted_run() {
  return {{"variant", "smora"},
          {"options", {{"rank", 8}, {"active", 2}}},
          {"backbone", {{"name", "tiny"}}},
          {"data", {{"suite", "planted"}}}};
}

/// The same with another value at `pointer` ("/train/steps").
inline nlohmann::json changed(const std::string& pointer, const nlohmann::json& value) {
  nlohmann::json run = planted_run();
  run[nlohmann::json::json_pointer(pointer)] = value;
  return run;
}

inline RunJob job_of(const nlohmann::json& run, const std::filesystem::path& results) {
  const RunConfig config = resolve_run(run, "run");
  return {.config = config,
          .identity = identify(config, Contents{}),
          .study = "toy",
          .paths = {.results = results}};
}

}  // namespace rankwise

/// Options of `record` that are spelled in words: which parameters are kept, and how often a run
/// saves itself.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace rankwise {

/// Which trained parameters a run leaves as safetensors files beside its run file: "none", "last",
/// "best" or "both"; true means "last", and false "none".
struct KeptParameters {
  bool last = true;
  bool best = false;

  static std::string spelling();
  static std::optional<KeptParameters> from_json(const nlohmann::json& value);
  nlohmann::json to_json() const;
};

/// How long a run may go on without a checkpoint: a number of steps, or a time of whole seconds,
/// minutes or hours such as "30 s", "10 min", "2 h".
struct CheckpointInterval {
  std::int64_t steps = 0;      // 0: by time
  std::int64_t seconds = 600;  // counts where `steps` is 0

  static std::string spelling();
  static std::optional<CheckpointInterval> from_json(const nlohmann::json& value);
  nlohmann::json to_json() const;
};

}  // namespace rankwise

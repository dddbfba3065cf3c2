/// How far a run is, as one process tells it to another.
#pragma once

#include "framework/core/json.h"
#include "framework/train/progress.h"

namespace rankwise {

/// What is not known is left out, and a loss that is no number is null.
nlohmann::json to_json(const RunProgress& progress);

/// Throws nlohmann's exceptions for other JSON.
RunProgress run_progress(const nlohmann::json& value);

}  // namespace rankwise

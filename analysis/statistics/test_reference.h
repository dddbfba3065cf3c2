/// For tests of statistics: what NumPy and SciPy give for the same values.
#pragma once

#include "framework/core/json_file.h"

namespace rankwise::analysis {

/// One part of tests/fixtures/statistics.json.
inline const nlohmann::json& reference(const char* part) {
  static const nlohmann::json json =
      read_json(RANKWISE_SOURCE_DIR "/tests/fixtures/statistics.json");
  return json.at(part);
}

}  // namespace rankwise::analysis

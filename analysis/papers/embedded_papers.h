/// The files of analysis/papers/data and sources.json as text, built into the program so that it
/// needs no path.
#pragma once

#include <vector>

namespace rankwise::analysis {

struct EmbeddedPaper {
  const char* name;  // "flylora_table1.json"
  const char* text;  // JSON with comments
};

/// In the order in which analysis/CMakeLists.txt lists them.
const std::vector<EmbeddedPaper>& embedded_papers();

/// analysis/papers/sources.json.
const char* embedded_sources();

}  // namespace rankwise::analysis

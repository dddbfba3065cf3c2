/// A JSON schema of study files, for editors that complete and check as one writes.
#pragma once

#include "framework/core/json.h"

namespace rankwise {

/// Draft 7, made of what the program itself reads: every member with its type, range, default and
/// help; the options of each registered variant, backbone and suite where the file names it. What
/// it accepts may still be refused: labels that repeat, ranks that do not fit.
nlohmann::ordered_json study_schema();

}  // namespace rankwise

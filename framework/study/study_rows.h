/// The runs that one row of a study stands for: "sweep" and "zip" written out.
#pragma once

#include "framework/core/json.h"

#include <string>
#include <vector>

namespace rankwise {

/// `changes` over `base`: objects member by member, anything else (null, too) as it is.
nlohmann::json merged(const nlohmann::json& base, const nlohmann::json& changes);

/// Puts `value` at "train.steps" below the run, or at "rank" below its options, making objects on
/// the way. Throws Error, after `where`, where that lies below a value that is no object.
void place_value(nlohmann::json& run, const std::string& dotted, const nlohmann::json& value,
                 const std::string& where);

/// The label a run has: its own, or its variant's name. Throws Error where they are no strings.
std::string label_of(const nlohmann::json& run, const std::string& place);

/// "sweep": every combination of its values, in the order they are written; "zip": the first values
/// of its lists together, then the second ones. Labels name what varies, of a zip the lists whose
/// values all differ, where there are such; all are of the row's group. null in place of either
/// takes away what a study's defaults have. Throws Error at `place` for lists that are none, or of
/// unequal length under "zip".
std::vector<nlohmann::json> expand_row(const nlohmann::json& run, const std::string& place);

}  // namespace rankwise

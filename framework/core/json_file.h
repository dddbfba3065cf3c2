/// JSON with comments from a file, and canonical text for hashes.
#pragma once

#include "framework/core/json.h"

#include <filesystem>
#include <string>

namespace rankwise {

/// Throws Error for an integer of the text that 64 bits cannot hold; `place` names the text.
void check_integers(const std::string& text, const std::string& place);

/// `//` and `/* */` comments are allowed. Throws Error with the line and column of a fault.
nlohmann::json read_json(const std::filesystem::path& path);

/// Keys sorted, no white space: equal values give equal text.
std::string canonical(const nlohmann::json& value);

}  // namespace rankwise

/// JSON with comments from a file, and canonical text for hashes.
#pragma once

#include "framework/core/json.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace rankwise {

/// Throws Error for an integer of the text that 64 bits cannot hold; `place` names the text.
void check_integers(const std::string& text, const std::string& place);

/// Objects and arrays in one another. What people write is far below; what walks over deeper values
/// would need more of the stack than there may be.
inline constexpr std::size_t kDeepestJson = 200;

/// `//` and `/* */` comments are allowed. Throws Error with the line and column of a fault; `place`
/// names the text.
nlohmann::json parse_json(const std::string& text, const std::string& place);

/// The same of a file's text.
nlohmann::json read_json(const std::filesystem::path& path);

/// Keys sorted, no white space: equal values give equal text.
std::string canonical(const nlohmann::json& value);

}  // namespace rankwise

/// SHA-256 of bytes and files, in lower-case hexadecimal.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rankwise {

std::string sha256(std::string_view bytes);

/// Throws Error when the file can not be read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace rankwise

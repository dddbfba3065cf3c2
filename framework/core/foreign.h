/// Exceptions of the libraries below us, in words for a user.
#pragma once

#include <exception>
#include <string>

namespace rankwise {

/// One line without control characters: an Error's own message; for what JSON, the file system, the
/// memory or a tensor library throws, what it means here and the way out.
std::string plain_message(const std::exception& error);

}  // namespace rankwise

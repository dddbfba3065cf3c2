/// What can be opened for reading, said before it is: a FIFO would hang, a folder reads as nothing.
#pragma once

#include <filesystem>

namespace rankwise {

/// Throws Error where `path` is no regular file or a link to one: what it is instead. It need not
/// be readable by this user.
void check_regular_file(const std::filesystem::path& path);

}  // namespace rankwise

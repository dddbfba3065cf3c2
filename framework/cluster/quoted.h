/// Texts of users as one word for those who take lines apart.
#pragma once

#include <filesystem>
#include <string>

namespace rankwise {

/// One word of a POSIX shell that is exactly the text, whatever is in it: 'it'\''s $(here)'.
std::string shell_quoted(const std::string& text);

/// The same, but as it is where no shell reads anything into it: configs/demo.json.
std::string shell_word(const std::string& text);

/// One word of a line of Slurm's options that names a file; '%' begins nothing there. Throws Error
/// for a name with control characters, line breaks among them, which such a line can not hold.
std::string option_quoted(const std::filesystem::path& file);

}  // namespace rankwise

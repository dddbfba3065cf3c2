/// Names of files from labels and studies.
#pragma once

#include <string>

namespace rankwise {

/// Lower-case letters, digits, '.', '_' and '-', at most 80 bytes. A text that would lose letters
/// or be longer ends in '-' and eight hex digits of its SHA-256, so that other texts make other
/// names.
std::string slug(const std::string& text);

}  // namespace rankwise

/// The tokens of mteval-v13a, on which sacrebleu counts by default.
#pragma once

#include <string>
#include <string_view>

namespace rankwise {

/// The text's tokens, one space between them.
std::string tokens_13a(std::string_view text);

}  // namespace rankwise

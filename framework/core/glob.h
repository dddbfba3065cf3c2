/// Patterns for names: sites, labels.
#pragma once

#include <string_view>

namespace rankwise {

/// `*` stands for any characters, `?` for one; nothing else is special.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace rankwise

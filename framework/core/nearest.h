/// What a mistyped name was meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// The one of `names` that is `name`, or that differs from it in capitals and in `-`, `_` and
/// spaces alone; nothing where there is none, or more than one.
std::optional<std::string> same_name(std::string_view name, const std::vector<std::string>& names);

/// " (did you mean 'smora'?)" behind an unknown name: the nearest of `names` by edits (a letter
/// more, less or other, or two exchanged), or the only one that holds it. Empty where none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& names);

/// Throws Error: "unknown variant 'smorra' (did you mean 'smora'?); the variants are ...".
[[noreturn]] void fail_unknown(const std::string& kind, const std::string& kinds,
                               std::string_view name, const std::vector<std::string>& names);

}  // namespace rankwise

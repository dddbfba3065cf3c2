/// Numbers that stand in a generated text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// Every number, plainly written: "1,234", "$5" and "6/8" give "1234", "5" and "3/4"; a last dot
/// belongs to none, and a minus counts unless a word or a bracket ends right before it. ASCII.
std::vector<std::string> numbers_in(std::string_view text);

/// A text that is a finite decimal, white space around it allowed.
std::optional<double> decimal(std::string_view text);

/// As Python's repr() writes a finite number: "2.0", "3.8", "1e+16".
std::string python_number(double value);

}  // namespace rankwise

/// The letter that a generated text chooses among the options of a question.
#pragma once

#include <string>
#include <string_view>

namespace rankwise {

/// A letter that stands alone: behind "answer", "option" or "choice", else the first in brackets,
/// else the first that is no article ("A cat"); "" where there is none.
std::string option_letter(std::string_view text, std::string_view options = "ABCD");

}  // namespace rankwise

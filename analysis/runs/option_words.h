/// What options are called in words, with the symbol that papers give them.
#pragma once

#include <string>

namespace rankwise::analysis {

/// "options.active" -> "active ranks k"; an option that has no words of its own is its name with
/// spaces: "options.balance_rate" -> "balance rate".
std::string option_in_words(const std::string& path);

/// A metric's: "relative_error" -> "relative error", "macro_f1" -> "macro F1".
std::string metric_in_words(const std::string& metric);

}  // namespace rankwise::analysis

/// Rouge-L (Lin 2004) as rouge-score 0.1.2 computes it; its stemmer is left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// Small letters, cut at whatever is not of a-z and 0-9.
std::vector<std::string> rouge_tokens(std::string_view text);

/// Length of the longest common subsequence; memory of the shorter.
std::size_t common_subsequence(const std::vector<std::string>& a,
                               const std::vector<std::string>& b);

/// F1 of the longest common subsequence, of several references the best, 0 to 1; 0 where either
/// has no token.
double rouge_l(std::string_view hypothesis, const std::vector<std::string>& references);

}  // namespace rankwise

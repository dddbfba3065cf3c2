#include "framework/texts/rouge.h"

#include "framework/texts/characters.h"

#include <algorithm>

namespace rankwise {

std::vector<std::string> rouge_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  bool inside = false;
  for (const char one : lower(text)) {
    const bool kept = (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
    if (kept && !inside) tokens.emplace_back();
    if (kept) tokens.back() += one;
    inside = kept;
  }
  return tokens;
}

std::size_t common_subsequence(const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
  if (a.size() < b.size()) return common_subsequence(b, a);
  std::vector<std::size_t> length(b.size() + 1);  // of b's first i with what was seen of a
  for (const std::string& token : a) {
    std::size_t diagonal = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
      const std::size_t above = length[i + 1];
      length[i + 1] = token == b[i] ? diagonal + 1 : std::max(above, length[i]);
      diagonal = above;
    }
  }
  return length.back();
}

double rouge_l(std::string_view hypothesis, const std::vector<std::string>& references) {
  const std::vector<std::string> said = rouge_tokens(hypothesis);
  double best = 0;
  for (const std::string& reference : references) {
    const std::vector<std::string> expected = rouge_tokens(reference);
    const auto common = static_cast<double>(common_subsequence(said, expected));
    if (common == 0) continue;
    // The harmonic mean of common / said and common / expected.
    best = std::max(best, 2 * common / static_cast<double>(said.size() + expected.size()));
  }
  return best;
}

}  // namespace rankwise

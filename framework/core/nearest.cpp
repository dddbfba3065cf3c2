#include "framework/core/nearest.h"

#include "framework/core/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace rankwise {
namespace {

/// Small letters; what may stand between words is left out.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ') continue;
    plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

/// Letters more, less or other, and neighbours exchanged (optimal string alignment).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

/// Of two letters none may be wrong, of three to five one, then one in three.
std::size_t most_edits(std::string_view name) {
  return name.size() < 3 ? 0 : std::max<std::size_t>(1, name.size() / 3);
}

/// The only name that holds `part`; empty: none, or several.
std::string only_holder(const std::string& part, const std::vector<std::string>& names) {
  constexpr std::size_t kShortest = 3;
  if (part.size() < kShortest) return "";
  std::string found;
  for (const std::string& name : names) {
    if (plain_name(name).find(part) == std::string::npos) continue;
    if (!found.empty()) return "";
    found = name;
  }
  return found;
}

std::string nearest(std::string_view name, const std::vector<std::string>& names) {
  const std::string plain = plain_name(name);
  std::string best;
  std::size_t fewest = most_edits(plain) + 1;
  for (const std::string& known : names) {
    const std::size_t count = edits(plain, plain_name(known));
    if (count >= fewest) continue;
    fewest = count;
    best = known;
  }
  return best.empty() ? only_holder(plain, names) : best;
}

}  // namespace

std::optional<std::string> same_name(std::string_view name, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return std::string(name);
  const std::string plain = plain_name(name);
  std::optional<std::string> found;
  for (const std::string& known : names) {
    if (plain_name(known) != plain) continue;
    if (found) return std::nullopt;
    found = known;
  }
  return found;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& names) {
  const std::string meant = nearest(name, names);
  return meant.empty() || meant == name ? "" : fmt::format(" (did you mean '{}'?)", meant);
}

void fail_unknown(const std::string& kind, const std::string& kinds, std::string_view name,
                  const std::vector<std::string>& names) {
  fail("unknown {} '{}'{}; the {} are {}", kind, name, did_you_mean(name, names), kinds,
       fmt::join(names, ", "));
}

}  // namespace rankwise

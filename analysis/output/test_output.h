/// For tests of tables and figures: what they say.
#pragma once

#include "analysis/output/table.h"

#include <algorithm>
#include <string>
#include <vector>

namespace rankwise::analysis {

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool has_footer(const Table& table, const std::string& part) {
  return std::any_of(table.footers.begin(), table.footers.end(),
                     [&](const std::string& footer) { return holds(footer, part); });
}

inline std::vector<std::string> texts(const std::vector<Cell>& cells) {
  std::vector<std::string> found;
  for (const Cell& cell : cells) found.push_back(cell.text);
  return found;
}

}  // namespace rankwise::analysis

/// The commands that make a paper's table in its own setting, and what they take, as text.
#pragma once

#include "analysis/papers/own_setting.h"
#include "analysis/papers/paper_table.h"

#include <string>

namespace rankwise::analysis {

/// "  name       value\n"; further lines of the value are indented as its first.
std::string named_line(const std::string& name, const std::string& value);

std::string own_lines(const PaperTable& table, const OwnSetting& setting,
                      const ReproductionPaths& paths);

}  // namespace rankwise::analysis

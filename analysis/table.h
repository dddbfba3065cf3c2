/// A table that any result can be put into, and its forms: Markdown for people, CSV for programs.
#pragma once

#include "analysis/statistics.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// What a reader sees, and the statistic behind it where there is one.
struct Cell {
  std::string text;
  std::optional<MeanStd> value;
};

/// "52.0 ± 2.8": mean and sample deviation; the deviation is left out where there is one value, and
/// no value is a dash.
Cell mean_cell(const MeanStd& value, int digits);
Cell mean_cell(const MeanStd& value, const std::function<std::string(double)>& format);

struct Table {
  std::string caption = {};
  std::vector<std::string> header = {};
  std::vector<std::vector<Cell>> rows = {};  // each as long as the header
  std::vector<std::string> footers = {};     // one line each
};

/// Caption, table and footers; the columns are aligned in the source as well.
std::string to_markdown(const Table& table);

/// Header and rows. A column with statistics becomes three: "x", "x std", "x n", in full precision.
std::string to_csv(const Table& table);

/// One CSV line with its newline; fields are quoted where they must be (RFC 4180).
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace rankwise

#include "analysis/papers/paper_beside.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

std::string signed_number(double value, int digits) {
  return fmt::format("{:+.{}f}", value, digits);
}

/// What stands below the printed number; empty where our quantity is another one.
std::string our_line(const ComparedCell& cell, const PaperColumn& column) {
  if (cell.ours.count == 0) return "";
  const int digits = cell.rise_is_better ? static_cast<int>(column.digits) : 3;
  if (!cell.reasons.contains("data")) return "ours " + mean_cell(cell.ours, digits).text;
  if (!cell.our_change || !cell.paper_change) return "";
  return fmt::format("change {}; ours {}",
                     signed_number(*cell.paper_change, static_cast<int>(column.digits)),
                     signed_number(cell.our_change->mean, digits));
}

/// Our line of every cell, row by row as the comparison's.
std::vector<std::string> our_lines(const PaperComparison& comparison) {
  std::vector<std::string> lines;
  for (const ComparedCell& cell : comparison.cells) {
    lines.push_back(our_line(cell, comparison.table.columns[cell.column]));
  }
  return lines;
}

std::string printed_text(const PaperTable& table, const PaperRow& row, std::size_t column) {
  const PaperCell& cell = row.cells[column];
  return cell.found() ? to_text(cell, table.columns[column], row.is_difference()) : "–";
}

std::string left_out_text(const PaperTable& table, const std::vector<std::size_t>& kept) {
  std::vector<std::string> names;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (std::find(kept.begin(), kept.end(), column) == kept.end()) {
      names.push_back(table.columns[column].name);
    }
  }
  if (names.empty()) return "";
  return fmt::format("Columns that these runs do not measure are left out: {}.",
                     fmt::join(names, ", "));
}

std::vector<std::string> notes_of(const PaperComparison& comparison, const std::string& left_out) {
  const PaperTable& table = comparison.table;
  std::vector<std::string> notes = {
      fmt::format("Paper: {}; {}.", table.citation, table.source),
      fmt::format("Ours: test scores with the best parameters{}; the paper's backbone is {}, its "
                  "data {}. `rankwise reproduce {}` has the verdict on every cell.",
                  comparison.scale.empty() ? "" : ", " + comparison.scale, table.backbone,
                  table.data, table.name),
      "Where our tasks are not the paper's, its change to the reference row and ours stand below "
      "its number: their signs can be compared, their sizes can not."};
  if (!left_out.empty()) notes.push_back(left_out);
  if (!table.stands_in.empty()) notes.push_back(table.stands_in);
  return notes;
}

}  // namespace

std::optional<Table> beside_paper(const PaperComparison& comparison) {
  const PaperTable& table = comparison.table;
  const std::vector<std::string> lines = our_lines(comparison);
  const auto line_at = [&](std::size_t row, std::size_t column) -> const std::string& {
    return lines[row * table.columns.size() + column];
  };
  std::vector<std::size_t> kept;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    bool any = false;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      any = any || !line_at(row, column).empty();
    }
    if (any) kept.push_back(column);
  }
  if (kept.empty()) return std::nullopt;
  Table result{.header = {"row"}};
  for (const std::size_t column : kept) result.header.push_back(table.columns[column].name);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    std::vector<Cell> cells = {{row_text(table, table.rows[row]), {}}};
    for (const std::size_t column : kept) {
      const std::string& ours = line_at(row, column);
      const std::string printed = printed_text(table, table.rows[row], column);
      cells.push_back({ours.empty() ? printed : fmt::format("{}\n{}", printed, ours), {}});
    }
    result.rows.push_back(std::move(cells));
  }
  result.footers = notes_of(comparison, left_out_text(table, kept));
  return result;
}

}  // namespace rankwise::analysis

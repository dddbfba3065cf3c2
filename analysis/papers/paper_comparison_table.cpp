#include "analysis/papers/paper_comparison.h"
#include "analysis/runs/run_footers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

std::string verdict_text(PaperVerdict verdict) {
  switch (verdict) {
    case PaperVerdict::kInside:
      return "inside the interval";
    case PaperVerdict::kOutside:
      return "outside the interval";
    case PaperVerdict::kSameSign:
      return "same sign";
    case PaperVerdict::kOppositeSign:
      return "opposite sign";
    case PaperVerdict::kInconclusive:
      return "inconclusive";
    case PaperVerdict::kNotComparable:
      return "not comparable";
    case PaperVerdict::kNotFound:
      return "n/a (not found)";
    case PaperVerdict::kNotRun:
      return "not run";
  }
  return "";
}

std::string signed_text(double value, int digits) { return fmt::format("{:+.{}f}", value, digits); }

/// "71.0 ± 1.4 (n=2)"
Cell our_cell(const ComparedCell& cell, int digits) {
  Cell text = mean_cell(cell.ours, digits);
  if (cell.ours.count > 0) text.text += fmt::format(" (n={})", cell.ours.count);
  return text;
}

std::string our_change_text(const ComparedCell& cell, int digits) {
  if (!cell.our_change) return "–";
  const auto& [mean, low, high, p] = *cell.our_change;
  return fmt::format("{} ({} to {})", signed_text(mean, digits), signed_text(low, digits),
                     signed_text(high, digits));
}

std::vector<Cell> line(const PaperTable& table, const ComparedCell& cell, bool changes) {
  const PaperRow& row = table.rows[cell.row];
  const PaperColumn& column = table.columns[cell.column];
  const auto printed = static_cast<int>(column.digits);
  const int digits = cell.rise_is_better ? printed : 3;  // errors are not times 100
  const auto number = [&](const std::optional<double>& value) {
    return value ? signed_text(*value, printed) : std::string("–");
  };
  std::vector<Cell> cells = {{row_text(table, row), {}},
                             {column.name, {}},
                             {to_text(row.cells[cell.column], column, row.is_difference()), {}},
                             our_cell(cell, digits),
                             {number(cell.difference), {}}};
  if (changes) {
    cells.push_back({number(cell.paper_change), {}});
    cells.push_back({our_change_text(cell, digits), {}});
  }
  cells.push_back({to_text(cell), {}});
  return cells;
}

/// What "backbone", "data" and "scale" stand for in this table.
std::string reasons_footer(const PaperTable& table, const RunSet& runs) {
  return fmt::format(
      "Not comparable by: backbone ({} here, {} in the paper); data ({} here, {} in "
      "the paper); scale (a subset of the test rows, or {} steps here, {} in the "
      "paper).",
      values_of(runs, "backbone"), table.backbone, values_of(runs, "suite"), table.data,
      values_of(runs, "steps"),
      table.steps              ? fmt::format("{}", *table.steps)
      : table.training.empty() ? "not found"
                               : table.training);
}

std::vector<std::string> footers(const PaperComparison& comparison, const RunSet& runs) {
  const PaperTable& table = comparison.table;
  std::vector<std::string> lines = {fmt::format("Paper: {}; {}.", table.citation, table.source)};
  lines.insert(lines.end(), table.notes.begin(), table.notes.end());
  if (!table.stands_in.empty()) lines.push_back(table.stands_in);
  lines.insert(lines.end(), comparison.best.begin(), comparison.best.end());
  lines.push_back(reasons_footer(table, runs));
  lines.emplace_back(
      "Ours: test scores with the best parameters. Changes: to the table's reference row, ours "
      "seed by seed with the t-interval at 95 % (not corrected).");
  if (comparison.changes > 0) {
    lines.push_back(fmt::format(
        "A sign counts where the paired t-test leaves p < 0.05 after Holm's correction over the {} "
        "changes whose signs are compared.",
        comparison.changes));
  }
  const bool errors = std::any_of(comparison.cells.begin(), comparison.cells.end(),
                                  [](const ComparedCell& cell) { return !cell.rise_is_better; });
  if (errors) lines.emplace_back("Ours are errors, not times 100: a fall is a gain.");
  lines.push_back(seeds_footer(runs));
  for (std::string& text : protocol_footers(runs)) lines.push_back(std::move(text));
  for (std::string& text : row_footers(runs)) lines.push_back(std::move(text));
  return lines;
}

}  // namespace

std::string row_text(const PaperTable& table, const PaperRow& row) {
  std::string text = row.method;
  if (!row.backbone.empty() && row.backbone != table.backbone) text += " (" + row.backbone + ")";
  if (row.quantity != PaperRow::kValue) text += ", " + row.quantity;
  return text;
}

std::string to_text(const ComparedCell& cell) {
  std::string text = verdict_text(cell.verdict);
  if (!cell.note.empty()) text += ": " + cell.note;
  if (cell.reasons.empty() || cell.verdict == PaperVerdict::kNotFound) return text;
  const bool only = cell.verdict == PaperVerdict::kNotComparable;
  return fmt::format("{}{} {}", text,
                     only ? ":" : "; size not comparable:", fmt::join(cell.reasons, ", "));
}

Table comparison_table(const PaperComparison& comparison, const RunSet& runs) {
  const PaperTable& table = comparison.table;
  const bool changes =
      std::any_of(comparison.cells.begin(), comparison.cells.end(),
                  [](const ComparedCell& cell) { return cell.paper_change || cell.our_change; });
  Table result;
  result.caption = fmt::format("{}: {}", table.name, table.title);
  const std::string ours =
      comparison.scale.empty() ? "ours" : fmt::format("ours ({})", comparison.scale);
  result.header = {"row", "column", "paper", ours, "ours - paper"};
  if (changes) result.header.insert(result.header.end(), {"change, paper", "change, ours"});
  result.header.emplace_back("verdict");
  std::size_t empty = 0;
  for (const ComparedCell& cell : comparison.cells) {
    if (cell.ours.count == 0 && !table.rows[cell.row].cells[cell.column].found()) {
      ++empty;
    } else {
      result.rows.push_back(line(table, cell, changes));
    }
  }
  result.footers = footers(comparison, runs);
  if (empty > 0) {
    result.footers.push_back(fmt::format(
        "Left out: {} cells of the paper that were not found and that we have no run for.", empty));
  }
  return result;
}

Table printed_table(const PaperTable& table) {
  Table result;
  result.caption = fmt::format("{}: {}", table.name, table.title);
  result.header = {"row"};
  for (const PaperColumn& column : table.columns) {
    const bool percent = column.unit == "%" || column.unit == "formula";
    result.header.push_back(percent ? column.name
                                    : fmt::format("{} ({})", column.name, column.unit));
  }
  for (const PaperRow& row : table.rows) {
    std::vector<Cell> cells = {{row_text(table, row), {}}};
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells.push_back({to_text(row.cells[i], table.columns[i], row.is_difference()), {}});
    }
    result.rows.push_back(std::move(cells));
  }
  result.footers = {fmt::format("Paper: {}; {}.", table.citation, table.source)};
  result.footers.insert(result.footers.end(), table.notes.begin(), table.notes.end());
  return result;
}

}  // namespace rankwise::analysis

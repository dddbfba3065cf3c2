#include "analysis/output/table.h"

#include "framework/core/error.h"
#include "framework/core/nearest.h"
#include "framework/core/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace rankwise::analysis {
namespace {

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '`' || c == '*') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

/// Characters on the screen: bytes of UTF-8 that begin a character.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t to, bool left) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return left ? std::string(text) + space : space + std::string(text);
}

using TextLine = std::vector<std::string>;

std::string markdown_line(const TextLine& fields, const std::vector<std::size_t>& widths,
                          const std::vector<bool>& left) {
  std::string line = "|";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += fmt::format(" {} |", padded(fields[i], widths[i], left[i]));
  }
  return line + "\n";
}

std::string markdown_rule(const std::vector<std::size_t>& widths, const std::vector<bool>& left) {
  std::string line = "|";
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string dashes(widths[i] - 1, '-');
    line += left[i] ? fmt::format(" :{} |", dashes) : fmt::format(" {}: |", dashes);
  }
  return line + "\n";
}

std::vector<TextLine> markdown_fields(const Table& table) {
  std::vector<TextLine> lines(1);
  for (const std::string& name : table.header) lines[0].push_back(escape_markdown(name));
  for (const auto& row : table.rows) {
    TextLine& line = lines.emplace_back();
    for (const Cell& cell : row) {
      const std::string text = escape_markdown(cell.text);
      line.push_back(cell.bold ? "**" + text + "**" : text);
    }
  }
  return lines;
}

/// Nine digits; an empty field where there is no value.
constexpr int kFullDigits = 9;  // of a float's statistics: what tables round is not lost

}  // namespace

Cell mean_cell(const MeanStd& value, const std::function<std::string(double)>& format) {
  if (value.count == 0) return {"–", {}};
  const bool spread = value.count > 1;
  return {format(value.mean) + (spread ? " ± " + format(value.std) : ""), value};
}

Cell mean_cell(const MeanStd& value, int digits) {
  return mean_cell(value, [&](double number) { return fmt::format("{:.{}f}", number, digits); });
}

namespace {

/// "0 of 30 runs finished" says something in words; "3 of 10", "26 % to 88 %" and "68.5 (n=3)" are
/// numbers. The first line tells: below a number may stand what it is compared with.
bool is_wordy(const std::string& cell) {
  constexpr std::ptrdiff_t kShortest = 4;
  const std::string text = cell.substr(0, cell.find('\n'));
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  for (auto at = text.begin(); at != text.end();) {
    const auto first = std::find_if(at, text.end(), is_letter);
    at = std::find_if_not(first, text.end(), is_letter);
    if ((first == text.begin() && at != first) || at - first >= kShortest) return true;
  }
  return false;
}

}  // namespace

std::vector<bool> text_columns(const Table& table) {
  std::vector<bool> text(table.header.size(), false);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto words =
        std::count_if(table.rows.begin(), table.rows.end(),
                      [&](const std::vector<Cell>& row) { return is_wordy(row[i].text); });
    text[i] = i == 0 || 2 * words > static_cast<std::ptrdiff_t>(table.rows.size());
  }
  return text;
}

void Table::add_footers(const std::vector<std::string>& lines) {
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(footers),
               [](const std::string& line) { return !line.empty(); });
}

std::string to_markdown(const Table& table) {
  const std::vector<TextLine> lines = markdown_fields(table);
  std::vector<std::size_t> widths(table.header.size(), 2);
  for (const TextLine& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  const std::vector<bool> left = text_columns(table);
  std::string text;
  if (!table.caption.empty()) text += table.caption + "\n\n";
  text += markdown_line(lines[0], widths, left) + markdown_rule(widths, left);
  for (std::size_t i = 1; i < lines.size(); ++i) text += markdown_line(lines[i], widths, left);
  if (!table.footers.empty()) text += '\n';
  for (const std::string& footer : table.footers) text += "- " + footer + "\n";
  return printable(text, "\n");
}

std::string to_csv(const Table& table) {
  std::vector<bool> has_statistics(table.header.size(), false);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].value) has_statistics[i] = true;
    }
  }
  TextLine header;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string& name = table.header[i];
    header.push_back(name);
    if (has_statistics[i]) header.insert(header.end(), {name + " std", name + " n"});
  }
  std::string text = csv_line(header);
  for (const auto& row : table.rows) {
    TextLine line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!has_statistics[i]) {
        line.push_back(row[i].text);
      } else if (const auto& value = row[i].value) {
        line.insert(line.end(),
                    {csv_number(value->mean, kFullDigits), csv_number(value->std, kFullDigits),
                     std::to_string(value->count)});
      } else {
        line.insert(line.end(), {"", "", "0"});
      }
    }
    text += csv_line(line);
  }
  return text;
}

std::string csv_number(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}g}", value, digits) : "";
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    if (field.find_first_of(",\"\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return printable(line, "\n") + "\n";
}

std::vector<std::string> column_names(const Table& table) {
  constexpr std::string_view kLowerIsBetter = " ↓";
  std::vector<std::string> names = table.header;
  for (std::string& name : names) {
    if (name.ends_with(kLowerIsBetter)) name.resize(name.size() - kLowerIsBetter.size());
  }
  return names;
}

Table with_columns(const Table& table, const std::vector<std::string>& names) {
  const std::vector<std::string> known = column_names(table);
  std::vector<std::size_t> kept = {0};
  for (const std::string& name : names) {
    const auto heading = std::find(table.header.begin(), table.header.end(), name);
    const auto meant = same_name(name, known);
    check(heading != table.header.end() || meant.has_value(),
          "unknown column '{}'{}; the columns are {}", name, did_you_mean(name, known),
          fmt::join(known, ", "));
    const auto column = static_cast<std::size_t>(
        heading != table.header.end()
            ? heading - table.header.begin()
            : std::find(known.begin(), known.end(), *meant) - known.begin());
    if (column > 0) kept.push_back(column);
  }
  Table result = table;
  result.header.clear();
  for (const std::size_t column : kept) result.header.push_back(table.header[column]);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    result.rows[i].clear();
    for (const std::size_t column : kept) result.rows[i].push_back(table.rows[i][column]);
  }
  return result;
}

}  // namespace rankwise::analysis

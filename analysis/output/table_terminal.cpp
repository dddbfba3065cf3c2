#include "analysis/output/table.h"
#include "framework/core/terminal.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace rankwise::analysis {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kReadable = 24;  // of a column of words: narrower ones are hard to read

struct Style {
  std::string_view on, off;
};
constexpr Style kPlain{"", ""};
constexpr Style kStrong{"\x1b[1m", "\x1b[0m"};
constexpr Style kBest{"\x1b[1;32m", "\x1b[0m"};
constexpr Style kFaint{"\x1b[2m", "\x1b[0m"};

/// One column, with the widths that it may have.
struct Column {
  std::size_t index = 0;  // in the table
  bool words = false;
  std::size_t least = 1, most = 1;
  std::size_t width = 1;
};

Column column_of(const Table& table, std::size_t index, bool words) {
  Column column{.index = index, .words = words};
  const std::string& name = table.header[index];
  column.least = longest_piece(name);
  column.most = display_width(name);
  for (const auto& row : table.rows) {
    const std::string& text = row[index].text;
    const std::size_t whole = display_width(text);
    const std::size_t cut = std::max(longest_piece(text), std::min(whole, kReadable));
    column.least = std::max(column.least, words ? std::min(cut, kReadable) : whole);
    column.most = std::max(column.most, whole);
  }
  column.least = std::max<std::size_t>(column.least, 1);
  column.most = std::max(column.most, column.least);
  return column;
}

std::size_t width_of(const std::vector<Column>& columns) {
  return std::accumulate(columns.begin(), columns.end(), kGap.size() * (columns.size() - 1),
                         [](std::size_t sum, const Column& one) { return sum + one.width; });
}

/// Hands out what the line has left to those that lack most.
void widen(std::vector<Column>& columns, std::size_t line) {
  const auto lack = [](const Column& column) { return column.most - column.width; };
  for (std::size_t used = width_of(columns); used < line; ++used) {
    const auto neediest =
        std::max_element(columns.begin(), columns.end(),
                         [&](const Column& a, const Column& b) { return lack(a) < lack(b); });
    if (lack(*neediest) == 0) return;
    ++neediest->width;
  }
}

/// The columns in blocks that fit the line, the first column in each of them.
std::vector<std::vector<Column>> blocks_of(std::vector<Column> columns, std::size_t line) {
  for (Column& column : columns) column.width = column.least;
  std::vector<std::vector<Column>> blocks{{columns.front()}};
  for (std::size_t i = 1; i < columns.size(); ++i) {
    std::vector<Column>& block = blocks.back();
    block.push_back(columns[i]);
    if (width_of(block) <= line || block.size() == 2) continue;
    block.pop_back();
    blocks.push_back({columns.front(), columns[i]});
  }
  for (std::vector<Column>& block : blocks) widen(block, line);
  return blocks;
}

/// Verdicts that say that nothing is said.
bool is_faint(std::string_view text) {
  return text == "inconclusive" || text == "not measured" || text == "–";
}

/// Printed lines of one table.
class Page {
 public:
  Page(const Table& table, const TerminalForm& form) : table_(table), form_(form) {}

  std::string text() {
    if (!table_.caption.empty()) add_words(table_.caption, kStrong);
    if (!table_.caption.empty()) text_ += '\n';
    const std::vector<std::vector<Column>> blocks = blocks_of(columns(), form_.width);
    for (const std::vector<Column>& block : blocks) {
      if (&block != &blocks.front()) text_ += '\n';
      add_block(block);
    }
    if (!table_.footers.empty() || !left_out_.empty()) text_ += '\n';
    for (const std::string& footer : table_.footers) add_words(footer, kFaint);
    if (!left_out_.empty()) {
      add_words(fmt::format("Not shown: {} (--all).", fmt::join(left_out_, ", ")), kFaint);
    }
    return std::move(text_);
  }

 private:
  std::vector<Column> columns() {
    const std::vector<bool> words = text_columns(table_);
    std::vector<Column> columns;
    for (std::size_t i = 0; i < table_.header.size(); ++i) {
      const std::string& name = table_.header[i];
      const bool detail =
          std::find(table_.details.begin(), table_.details.end(), name) != table_.details.end();
      if (detail && !form_.all) {
        left_out_.push_back(name);
      } else {
        columns.push_back(column_of(table_, i, words[i]));
      }
    }
    return columns;
  }

  void add_words(const std::string& words, const Style& style) {
    for (const std::string& line : wrapped(words, form_.width)) {
      text_ += styled(line, style) + "\n";
    }
  }

  void add_block(const std::vector<Column>& block) {
    add_row(block,
            [&](const Column& column) { return std::pair(table_.header[column.index], kStrong); });
    for (std::size_t i = 0, line = width_of(block); i < line; ++i) text_ += "─";
    text_ += '\n';
    for (const auto& row : table_.rows) {
      add_row(block, [&](const Column& column) {
        const Cell& cell = row[column.index];
        const Style& style = cell.bold ? kBest : is_faint(cell.text) ? kFaint : kPlain;
        return std::pair(cell.text, style);
      });
    }
  }

  /// As many lines as its longest cell.
  template <class CellOf>
  void add_row(const std::vector<Column>& block, const CellOf& cell_of) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 0;
    for (const Column& column : block) {
      cells.push_back(wrapped(cell_of(column).first, column.width));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t i = 0; i < height; ++i) {
      std::string line;
      for (std::size_t c = 0; c < block.size(); ++c) {
        const std::string part = i < cells[c].size() ? cells[c][i] : "";
        line +=
            (c == 0 ? "" : std::string(kGap)) + aligned(part, block[c], cell_of(block[c]).second);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text_ += line + "\n";
    }
  }

  std::string aligned(const std::string& part, const Column& column, const Style& style) const {
    const std::string space(column.width - std::min(column.width, display_width(part)), ' ');
    const std::string shown = part.empty() ? part : styled(part, style);
    return column.words ? shown + space : space + shown;
  }

  std::string styled(const std::string& part, const Style& style) const {
    std::string safe = printable(part);
    if (!form_.colour || style.on.empty()) return safe;
    return fmt::format("{}{}{}", style.on, safe, style.off);
  }

  const Table& table_;
  const TerminalForm& form_;
  std::vector<std::string> left_out_{};
  std::string text_{};
};

}  // namespace

std::string to_terminal(const Table& table, const TerminalForm& form) {
  return Page(table, form).text();
}

}  // namespace rankwise::analysis

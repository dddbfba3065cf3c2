#include "analysis/output/table.h"
#include "framework/core/text.h"

#include <fmt/format.h>

#include <string_view>

namespace rankwise::analysis {
namespace {

constexpr const char* kWords = " class=\"words\"";

std::string cell_html(const std::string& text) {
  std::string html;
  for (const char c : escape_html(text)) c == '\n' ? html += "<br>" : html += c;
  return html;
}

/// The row's name is a header of its row.
std::string row_line(const std::vector<Cell>& row, const std::vector<bool>& words) {
  std::string line = "<tr>";
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string text = cell_html(row[i].text);
    const std::string inside = row[i].bold ? "<strong>" + text + "</strong>" : text;
    line += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", inside)
                   : fmt::format("<td{}>{}</td>", words[i] ? kWords : "", inside);
  }
  return line + "</tr>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string to_html(const Table& table) {
  const std::vector<bool> words = text_columns(table);
  std::string text = "<table class=\"rankwise\">\n";
  if (!table.caption.empty())
    text += fmt::format("<caption>{}</caption>\n", escape_html(table.caption));
  text += "<thead>\n<tr>";
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    text += fmt::format("<th scope=\"col\"{}>{}</th>", i > 0 && words[i] ? kWords : "",
                        escape_html(table.header[i]));
  }
  text += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : table.rows) text += row_line(row, words);
  text += "</tbody>\n";
  if (!table.footers.empty()) {
    text += fmt::format("<tfoot>\n<tr><td colspan=\"{}\"><ul>\n", table.header.size());
    for (const std::string& footer : table.footers) {
      text += fmt::format("<li>{}</li>\n", escape_html(footer));
    }
    text += "</ul></td></tr>\n</tfoot>\n";
  }
  return printable(text + "</table>\n", "\n");
}

}  // namespace rankwise::analysis

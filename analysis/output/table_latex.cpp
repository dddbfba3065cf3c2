#include "analysis/output/table.h"
#include "framework/core/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace rankwise::analysis {
namespace {

using Replacement = std::pair<std::string_view, std::string_view>;

constexpr std::array<Replacement, 29> kReplacements = {{
    {"\\", "\\textbackslash{}"},
    {"&", "\\&"},
    {"%", "\\%"},
    {"$", "\\$"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"\n", " "},
    {"±", "$\\pm$"},
    {"×", "$\\times$"},
    {"↓", "$\\downarrow$"},
    {"→", "$\\to$"},
    {"≈", "$\\approx$"},
    {"≤", "$\\le$"},
    {"†", "$^\\dagger$"},
    {"²", "$^2$"},
    {"·", "$\\cdot$"},
    {"Δ", "$\\Delta$"},
    {"α", "$\\alpha$"},
    {"τ", "$\\tau$"},
    {"δ", "$\\delta$"},
    {"−", "$-$"},
    {"–", "--"},
}};

std::string escape_latex(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const auto* found =
        std::find_if(kReplacements.begin(), kReplacements.end(),
                     [&](const Replacement& pair) { return text.starts_with(pair.first); });
    const bool plain = found == kReplacements.end();
    escaped += plain ? text.substr(0, 1) : found->second;
    text.remove_prefix(plain ? 1 : found->first.size());
  }
  return escaped;
}

std::string row_line(const std::vector<Cell>& row) {
  std::vector<std::string> fields;
  fields.reserve(row.size());
  for (const Cell& cell : row) {
    const std::string text = escape_latex(cell.text);
    fields.push_back(cell.bold ? fmt::format("\\textbf{{{}}}", text) : text);
  }
  return fmt::format("{} \\\\\n", fmt::join(fields, " & "));
}

}  // namespace

std::string to_latex(const Table& table) {
  std::string text = "% \\usepackage{booktabs,graphicx}\n\\begin{table}\n\\centering\n";
  if (!table.caption.empty()) text += fmt::format("\\caption{{{}}}\n", escape_latex(table.caption));
  std::string alignment;
  for (const bool left : text_columns(table)) alignment += left ? 'l' : 'r';
  text += fmt::format(
      "\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%\n"
      "\\begin{{tabular}}{{{}}}\n\\toprule\n",
      alignment);
  std::vector<Cell> header;
  for (const std::string& name : table.header) header.push_back({name, {}});
  text += row_line(header) + "\\midrule\n";
  for (const auto& row : table.rows) text += row_line(row);
  text += "\\bottomrule\n\\end{tabular}}\n";
  if (!table.footers.empty()) {
    std::vector<std::string> lines;
    for (const std::string& footer : table.footers) lines.push_back(escape_latex(footer));
    text += fmt::format("\n\\medskip\n\\parbox{{\\linewidth}}{{\\footnotesize\n{}}}\n",
                        fmt::join(lines, "\\\\\n"));
  }
  return printable(text + "\\end{table}\n", "\n");
}

}  // namespace rankwise::analysis

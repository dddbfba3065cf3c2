#include "analysis/output/figure_style.h"
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

constexpr std::array<Replacement, 45> kReplacements = {{
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
    {"[", "{[}"},  // at the beginning of a row they would be its command's options
    {"*", "{*}"},
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
    {"ρ", "$\\rho$"},
    {"λ", "$\\lambda$"},
    {"β", "$\\beta$"},
    {"γ", "$\\gamma$"},
    {"ε", "$\\epsilon$"},
    {"η", "$\\eta$"},
    {"θ", "$\\theta$"},
    {"κ", "$\\kappa$"},
    {"μ", "$\\mu$"},
    {"π", "$\\pi$"},
    {"σ", "$\\sigma$"},
    {"φ", "$\\phi$"},
    {"Σ", "$\\Sigma$"},
    {"…", "\\dots{}"},
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

constexpr double kLineWidth = 5.5;       // inches
constexpr double kLetterSize = 8;        // points, \\footnotesize of a page in 10 points
constexpr double kSeparation = 6. / 72;  // inches between two columns
constexpr double kWidestWords = 1.8;     // inches; longer words are broken into lines

/// Inches of a text in Computer Modern, which is narrower than the figures' font by this factor.
double printed_width(const std::string& text) {
  constexpr double kNarrower = 0.93;
  return kNarrower * text_width({text}, kLetterSize);
}

double column_width(const Table& table, std::size_t column, bool words) {
  double width = printed_width(table.header[column]);
  for (const auto& row : table.rows) width = std::max(width, printed_width(row[column].text));
  return (words ? std::min(width, kWidestWords) : width) + kSeparation;
}

/// Columns from 1 on in parts that fit the line beside the first column.
std::vector<std::vector<std::size_t>> parts_of(const Table& table, const std::vector<bool>& words) {
  const double first = column_width(table, 0, true);
  std::vector<std::vector<std::size_t>> parts = {{}};
  double width = first;
  for (std::size_t column = 1; column < table.header.size(); ++column) {
    const double wide = column_width(table, column, words[column]);
    if (!parts.back().empty() && width + wide > kLineWidth) {
      parts.emplace_back();
      width = first;
    }
    parts.back().push_back(column);
    width += wide;
  }
  return parts;
}

std::string alignment(const Table& table, const std::vector<std::size_t>& columns,
                      const std::vector<bool>& words) {
  std::string text;
  for (const std::size_t column : columns) {
    const bool wide = words[column] && column_width(table, column, false) > kWidestWords;
    text += wide ? fmt::format(">{{\\raggedright\\arraybackslash}}p{{{}in}}", kWidestWords)
            : words[column] ? "l"
                            : "r";
  }
  return text;
}

std::vector<Cell> cells_of(const std::vector<Cell>& row, const std::vector<std::size_t>& columns) {
  std::vector<Cell> cells;
  for (const std::size_t column : columns) cells.push_back(row[column]);
  return cells;
}

std::string tabular(const Table& table, std::vector<std::size_t> columns,
                    const std::vector<bool>& words) {
  columns.insert(columns.begin(), 0);
  std::vector<Cell> header;
  for (const std::string& name : table.header) header.push_back({name, {}});
  std::string text =
      fmt::format("\\begin{{tabular}}{{{}}}\n\\toprule\n", alignment(table, columns, words));
  text += row_line(cells_of(header, columns)) + "\\midrule\n";
  for (const auto& row : table.rows) text += row_line(cells_of(row, columns));
  return text + "\\bottomrule\n\\end{tabular}\n";
}

/// "\caption{...}\label{...}" of part `i` of `count`.
std::string caption_of(const std::string& caption, const LatexForm& form, std::size_t i,
                       std::size_t count) {
  const std::string part = count > 1 ? fmt::format(" (part {} of {})", i + 1, count) : "";
  std::string text;
  if (!caption.empty()) text = fmt::format("\\caption{{{}{}}}\n", escape_latex(caption), part);
  if (!form.label.empty()) {
    text += fmt::format("\\label{{{}{}}}\n", form.label, i > 0 ? fmt::format("-{}", i + 1) : "");
  }
  return text;
}

std::string notes_of(const Table& table) {
  if (table.footers.empty()) return "";
  std::vector<std::string> lines;
  for (const std::string& footer : table.footers) lines.push_back(escape_latex(footer));
  return fmt::format("\n\\medskip\n\\parbox{{\\linewidth}}{{\\raggedright\n{}}}\n",
                     fmt::join(lines, "\\\\\n"));
}

Table without_details(const Table& table) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < table.header.size(); ++i) {
    const auto& hidden = table.details;
    if (std::find(hidden.begin(), hidden.end(), table.header[i]) == hidden.end()) {
      names.push_back(table.header[i]);
    }
  }
  return table.details.empty() ? table : with_columns(table, names);
}

}  // namespace

std::string to_latex(const Table& whole, const LatexForm& form) {
  const Table table = without_details(whole);
  std::vector<bool> words = text_columns(table);
  const auto parts = parts_of(table, words);
  std::string text = "% \\usepackage{booktabs,array}\n";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text +=
        "\\begin{table}\n\\centering\n" +
        caption_of(table.caption.empty() ? form.caption : table.caption, form, i, parts.size()) +
        "\\footnotesize\\setlength{\\tabcolsep}{3pt}\n" + tabular(table, parts[i], words) +
        (i + 1 == parts.size() ? notes_of(table) : "") + "\\end{table}\n";
  }
  return printable(text, "\n");
}

}  // namespace rankwise::analysis

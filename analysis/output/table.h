/// A table that any result can be put into, and its forms: Markdown, HTML and a terminal's for
/// people, LaTeX for papers, CSV and JSON for programs.
#pragma once

#include "analysis/statistics/statistics.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise::analysis {

/// What a reader sees, and the statistic behind it where there is one.
struct Cell {
  std::string text;
  std::optional<MeanStd> value;
  bool bold = false;
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
  std::vector<std::string> details = {};     // of the header: what a terminal shows when asked to

  /// Empty ones are left out.
  void add_footers(const std::vector<std::string>& lines);
};

/// Columns of words, which are aligned to the left as numbers are to the right: the first, and
/// those where most cells begin with a letter or hold a word.
std::vector<bool> text_columns(const Table& table);

/// Caption, table and footers; the columns are aligned in the source as well.
std::string to_markdown(const Table& table);

/// Header and rows. A column with statistics becomes three: "x", "x std", "x n", in full precision.
std::string to_csv(const Table& table);

/// The headings without the arrow that says that lower is better.
std::vector<std::string> column_names(const Table& table);

/// The first column and those named, in the order of the names, with the arrow or without. Throws
/// Error that lists the columns.
Table with_columns(const Table& table, const std::vector<std::string>& names);

/// What a float is called, beside the table's own caption.
struct LatexForm {
  std::string caption = {};  // where the table has none
  std::string label = {};    // "tab:text10-scores"; empty: none
};

/// Floats with booktabs' rules in letters of 8 points where the page's have 10
/// (\usepackage{booktabs, array}), without the columns of `details`. Where the columns need more
/// than 5.5 inches, as wide as the text of a page in one column, they come in several floats, each
/// with the first column. The footers are a note below the last. Letters beyond ASCII that tables
/// use become commands; others stay UTF-8.
std::string to_latex(const Table& table, const LatexForm& form = {});

/// A text in a page: & < > " are written out.
std::string escape_html(std::string_view text);

/// <table class="rankwise">...</table>: a fragment for any page, its text escaped; a line break in
/// a cell is one in the page.
std::string to_html(const Table& table);

/// {"caption", "columns", "rows": [[{"text", "mean", "std", "n", "best"}]], "notes"}: a cell's
/// statistic where it has one, null where that is not finite.
std::string to_json(const Table& table);

/// How a terminal shows tables.
struct TerminalForm {
  std::size_t width = 80;  // characters of a line
  bool colour = false;
  bool all = false;  // the columns of `details` as well
};

/// Caption, table and footers in lines of the width. Words are wrapped; where that is not enough,
/// the columns come in several blocks, each with the first column.
std::string to_terminal(const Table& table, const TerminalForm& form);

/// "md", "latex", "csv", "html", "json".
std::vector<std::string> table_formats();

/// `form`: of LaTeX. Throws Error that lists the names.
std::string to_format(const Table& table, const std::string& format, const LatexForm& form = {});

/// Writes `stem`.md, .tex, .csv and .html. Gives their paths. In LaTeX the label is made of the
/// file's name and its folder's.
std::vector<std::filesystem::path> write_table(const Table& table, const std::string& stem,
                                               const std::string& latex_caption = "");

/// A number in a CSV file, to `digits`; empty where it is not finite.
std::string csv_number(double value, int digits = 6);

/// One CSV line with its newline; fields are quoted where they must be (RFC 4180).
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace rankwise::analysis

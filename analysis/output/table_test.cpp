#include "analysis/output/table.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise::analysis {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Table escaped_table() {
  return {.caption = "Scores",
          .header = {"method", "cola"},
          .rows = {{{"a|b", {}}, {"81.0 ± 1.0", MeanStd{3, 81, 1}}},
                   {{"long, name", {}}, {"7.0", MeanStd{1, 7, kNone}}},
                   {{"none", {}}, {"–", {}}}},
          .footers = {"seeds: 3"}};
}

TEST(Table, MarkdownAlignsByCharactersAndEscapesBars) {
  EXPECT_EQ(to_markdown(escaped_table()),
            "Scores\n\n"
            "| method     |       cola |\n"
            "| :--------- | ---------: |\n"
            "| a\\|b       | 81.0 ± 1.0 |\n"
            "| long, name |        7.0 |\n"
            "| none       |          – |\n"
            "\n"
            "- seeds: 3\n");
}

TEST(Table, CsvGivesStatisticsTheirOwnColumns) {
  EXPECT_EQ(to_csv(escaped_table()),
            "method,cola,cola std,cola n\n"
            "a|b,81,1,3\n"
            "\"long, name\",7,,1\n"
            "none,,,0\n");
}

Table marked_table() {
  return {.caption = "50 % & more",
          .header = {"method", "cola ↓"},
          .rows = {{{"a_b <c>", {}}, {"0.1 ± 0.2", MeanStd{3, 0.1, 0.2}, true}}},
          .footers = {"Bold: p < 0.05.", "one \"seed\""}};
}

TEST(Table, BoldCellsAreStarredInMarkdownAndPlainInCsv) {
  EXPECT_NE(to_markdown(marked_table()).find("| **0.1 ± 0.2** |"), std::string::npos);
  EXPECT_EQ(to_csv(marked_table()), "method,cola ↓,cola ↓ std,cola ↓ n\na_b <c>,0.1,0.2,3\n");
}

TEST(Table, LatexHasBooktabsRulesAndEscapedText) {
  EXPECT_EQ(to_latex(marked_table(), {.label = "tab:x"}),
            "% \\usepackage{booktabs,array}\n"
            "\\begin{table}\n\\centering\n\\caption{50 \\% \\& more}\n\\label{tab:x}\n"
            "\\footnotesize\\setlength{\\tabcolsep}{3pt}\n"
            "\\begin{tabular}{lr}\n\\toprule\n"
            "method & cola $\\downarrow$ \\\\\n\\midrule\n"
            "a\\_b \\textless{}c\\textgreater{} & \\textbf{0.1 $\\pm$ 0.2} \\\\\n"
            "\\bottomrule\n\\end{tabular}\n"
            "\n\\medskip\n\\parbox{\\linewidth}{\\raggedright\n"
            "Bold: p \\textless{} 0.05.\\\\\none \"seed\"}\n"
            "\\end{table}\n");
}

/// Eight columns of 12 digits, of which four and the row's name fill a line.
Table split_table() {
  Table table{.header = {"method"}, .rows = {{{"a", {}}}}, .footers = {"note"}};
  for (int i = 1; i <= 8; ++i) {
    table.header.push_back("c" + std::to_string(i));
    table.rows[0].push_back({"123456789012", {}});
  }
  return table;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(Table, LatexSplitsAfterTheColumnsThatFit) {
  const std::string text = to_latex(split_table(), {.caption = "All", .label = "tab:all"});
  EXPECT_EQ(count(text, "\\begin{table}"), 2U);
  EXPECT_EQ(count(text, "\nmethod & "), 2U);
  EXPECT_NE(text.find("\\caption{All (part 2 of 2)}\n\\label{tab:all-2}"), std::string::npos);
  EXPECT_EQ(count(text, "\nnote}"), 1U);
}

TEST(Table, LatexLeavesOutDetails) {
  Table table = split_table();
  table.details = {"c2", "c3", "c4", "c5", "c6", "c7"};
  EXPECT_NE(to_latex(table).find("method & c1 & c8 \\\\"), std::string::npos);
}

TEST(Table, KeepsTheColumnsAskedFor) {
  const Table table = with_columns(split_table(), {"c8", "c1"});
  EXPECT_EQ(table.header, (std::vector<std::string>{"method", "c8", "c1"}));
  EXPECT_EQ(table.rows[0].size(), 3U);
  EXPECT_EQ(error_of([] { with_columns(escaped_table(), {"cole"}); }),
            "unknown column 'cole' (did you mean 'cola'?); the columns are method, cola");
  EXPECT_EQ(with_columns(marked_table(), {"cola"}).header,
            with_columns(marked_table(), {"cola ↓"}).header);
}

TEST(Table, ALineBreakInACellIsOneInThePage) {
  const Table table{.header = {"row", "x"}, .rows = {{{"a", {}}, {"1\nours <2", {}}}}};
  EXPECT_NE(to_html(table).find("<td>1<br>ours &lt;2</td>"), std::string::npos);
}

TEST(Table, WordsStandAtTheLeft) {
  const Table table{.header = {"method", "verdict", "cell"},
                    .rows = {{{"a", {}}, {"supported", {}}, {"n/a (not found)", {}}},
                             {{"b", {}}, {"–", {}}, {"0.5", {}}},
                             {{"c", {}}, {"inconclusive", {}}, {"+0.5", {}}}}};
  EXPECT_EQ(text_columns(table), (std::vector<bool>{true, true, false}));
  EXPECT_NE(to_markdown(table).find("| :----- | :----------- | --------------: |"),
            std::string::npos);
  EXPECT_NE(to_latex(table).find("{tabular}{llr}"), std::string::npos);
  EXPECT_NE(to_html(table).find("<td class=\"words\">supported</td>"), std::string::npos);
  EXPECT_NE(to_html(table).find("<th scope=\"col\" class=\"words\">verdict</th>"),
            std::string::npos);
}

TEST(Table, ColumnsOfPhrasesStandAtTheLeftAndThoseOfNumbersAtTheRight) {
  const Table table{
      .header = {"table", "its runs", "seeds", "share"},
      .rows = {
          {{"a", {}}, {"0 of 30 runs finished", {}}, {"6 of 10", {}}, {"26 % to 88 %", {}}},
          {{"b", {}}, {"15 of 15 runs finished", {}}, {"3 (0, 1, 2)", {}}, {"68.5 (n=3)", {}}}}};
  EXPECT_EQ(text_columns(table), (std::vector<bool>{true, true, false, false}));
}

TEST(Table, HtmlIsAFragmentWithEscapedText) {
  EXPECT_EQ(to_html(marked_table()),
            "<table class=\"rankwise\">\n<caption>50 % &amp; more</caption>\n"
            "<thead>\n<tr><th scope=\"col\">method</th><th scope=\"col\">cola ↓</th></tr>\n"
            "</thead>\n<tbody>\n"
            "<tr><th scope=\"row\">a_b &lt;c&gt;</th><td><strong>0.1 ± 0.2</strong></td></tr>\n"
            "</tbody>\n"
            "<tfoot>\n<tr><td colspan=\"2\"><ul>\n<li>Bold: p &lt; 0.05.</li>\n"
            "<li>one &quot;seed&quot;</li>\n</ul></td></tr>\n</tfoot>\n</table>\n");
}

TEST(Table, AnUnknownFormatNamesThoseThereAre) {
  EXPECT_EQ(error_of([] { to_format(escaped_table(), "xlsx"); }),
            "unknown format 'xlsx'; the formats are csv, html, json, latex, md");
  EXPECT_EQ(to_format(escaped_table(), "csv"), to_csv(escaped_table()));
}

TEST(Table, ShowsControlCharactersInNoFormat) {
  const Table table{.header = {"method"}, .rows = {{{"a\x1b[31m", {}}}}, .footers = {"\x07"}};
  for (const char* format : {"md", "latex", "csv", "html"}) {
    const std::string text = to_format(table, format);
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << format;
    EXPECT_EQ(text.find('\x07'), std::string::npos) << format;
    const bool latex = std::string_view(format) == "latex";
    EXPECT_NE(text.find(latex ? "x1b{[}31m" : "x1b[31m"), std::string::npos) << text;
  }
}

TEST(Table, IsWrittenInEveryFormat) {
  const auto folder = test_folder();
  const auto paths = write_table(escaped_table(), (folder / "new" / "scores").string());
  ASSERT_EQ(paths.size(), 4U);
  EXPECT_EQ(read_file(folder / "new/scores.md"), to_markdown(escaped_table()));
  EXPECT_EQ(read_file(folder / "new/scores.tex"),
            to_latex(escaped_table(), {.label = "tab:new-scores"}));
}

TEST(Csv, QuotesOnlyWhatMustBeQuoted) {
  EXPECT_EQ(csv_line({"a b", "c,d", "e\"f", "g\nh", ""}), "a b,\"c,d\",\"e\"\"f\",\"g\nh\",\n");
}

}  // namespace
}  // namespace rankwise::analysis

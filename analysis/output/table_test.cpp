#include "analysis/output/table.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise::analysis {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Table small_table() {
  return {.caption = "Scores",
          .header = {"method", "cola"},
          .rows = {{{"a|b", {}}, {"81.0 ± 1.0", MeanStd{3, 81, 1}}},
                   {{"long, name", {}}, {"7.0", MeanStd{1, 7, kNone}}},
                   {{"none", {}}, {"–", {}}}},
          .footers = {"seeds: 3"}};
}

TEST(Table, MarkdownAlignsByCharactersAndEscapesBars) {
  EXPECT_EQ(to_markdown(small_table()),
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
  EXPECT_EQ(to_csv(small_table()),
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
  EXPECT_EQ(to_latex(marked_table()),
            "% \\usepackage{booktabs,graphicx}\n"
            "\\begin{table}\n\\centering\n\\caption{50 \\% \\& more}\n"
            "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
            "\\begin{tabular}{lr}\n\\toprule\n"
            "method & cola $\\downarrow$ \\\\\n\\midrule\n"
            "a\\_b \\textless{}c\\textgreater{} & \\textbf{0.1 $\\pm$ 0.2} \\\\\n"
            "\\bottomrule\n\\end{tabular}}\n"
            "\n\\medskip\n\\parbox{\\linewidth}{\\footnotesize\n"
            "Bold: p \\textless{} 0.05.\\\\\none \"seed\"}\n"
            "\\end{table}\n");
}

TEST(Table, WordsStandAtTheLeft) {
  const Table table{.header = {"method", "verdict", "cell"},
                    .rows = {{{"a", {}}, {"held", {}}, {"n/a (not found)", {}}},
                             {{"b", {}}, {"–", {}}, {"0.5", {}}},
                             {{"c", {}}, {"undecided", {}}, {"+0.5", {}}}}};
  EXPECT_EQ(text_columns(table), (std::vector<bool>{true, true, false}));
  EXPECT_NE(to_markdown(table).find("| :----- | :-------- | --------------: |"), std::string::npos);
  EXPECT_NE(to_latex(table).find("{tabular}{llr}"), std::string::npos);
  EXPECT_NE(to_html(table).find("<td class=\"words\">held</td>"), std::string::npos);
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
  EXPECT_EQ(error_of([] { to_format(small_table(), "xlsx"); }),
            "unknown format 'xlsx'; the formats are csv, html, json, latex, md");
  EXPECT_EQ(to_format(small_table(), "csv"), to_csv(small_table()));
}

TEST(Table, ShowsControlCharactersInNoFormat) {
  const Table table{.header = {"method"}, .rows = {{{"a\x1b[31m", {}}}}, .footers = {"\x07"}};
  for (const char* format : {"md", "latex", "csv", "html"}) {
    const std::string text = to_format(table, format);
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << format;
    EXPECT_EQ(text.find('\x07'), std::string::npos) << format;
    EXPECT_NE(text.find("x1b[31m"), std::string::npos) << text;
  }
}

TEST(Table, IsWrittenInEveryFormat) {
  const auto folder = test_folder();
  const auto paths = write_table(small_table(), (folder / "new" / "scores").string());
  ASSERT_EQ(paths.size(), 4U);
  EXPECT_EQ(read_file(folder / "new/scores.md"), to_markdown(small_table()));
  EXPECT_EQ(read_file(folder / "new/scores.tex"), to_latex(small_table()));
}

TEST(Csv, QuotesOnlyWhatMustBeQuoted) {
  EXPECT_EQ(csv_line({"a b", "c,d", "e\"f", "g\nh", ""}), "a b,\"c,d\",\"e\"\"f\",\"g\nh\",\n");
}

}  // namespace
}  // namespace rankwise::analysis

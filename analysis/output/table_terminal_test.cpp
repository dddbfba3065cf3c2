#include "analysis/output/table.h"
#include "framework/core/json.h"
#include "framework/core/terminal.h"

#include <gmock/gmock.h>

#include <sstream>

namespace rankwise::analysis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Table terminal_table() {
  return {.caption = "Scores",
          .header = {"method", "cola", "MiB"},
          .rows = {{{"lora", {}}, {"81.0 ± 1.0", MeanStd{3, 81, 1}, true}, {"12", {}}},
                   {{"more", {}}, {"7.0", MeanStd{1, 7, 0}}, {"inconclusive", {}}}},
          .footers = {"seeds: 3"},
          .details = {"MiB"}};
}

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) width = std::max(width, display_width(line));
  return width;
}

Table wide_table() {
  Table table{.header = {"method"}, .rows = {{{"more", {}}}, {{"a long label of words", {}}}}};
  for (int task = 0; task < 10; ++task) {
    table.header.push_back("rotten_tomatoes" + std::to_string(task));
    for (auto& row : table.rows) row.push_back({"78.6 ± 2.3", {}});
  }
  return table;
}

TEST(TerminalTable, AlignsColumnsAndKeepsDetailsBack) {
  EXPECT_EQ(to_terminal(terminal_table(), {}),
            "Scores\n\n"
            "method        cola\n"
            "──────────────────\n"
            "lora    81.0 ± 1.0\n"
            "more           7.0\n"
            "\n"
            "seeds: 3\n"
            "Not shown: MiB (--all).\n");
  EXPECT_THAT(to_terminal(terminal_table(), {.all = true}), HasSubstr("inconclusive"));
}

TEST(TerminalTable, ColoursTheBestAndTheUndecidedWhereAsked) {
  const std::string text = to_terminal(terminal_table(), {.colour = true, .all = true});
  EXPECT_THAT(text, HasSubstr("\x1b[1;32m81.0 ± 1.0\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[2minconclusive\x1b[0m"));
  EXPECT_THAT(to_terminal(terminal_table(), {.all = true}), Not(HasSubstr("\x1b")));
}

TEST(TerminalTable, FitsTheLineInBlocksThatBeginWithTheRowsName) {
  for (const std::size_t width : {40, 80, 160}) {
    const std::string text = to_terminal(wide_table(), {.width = width});
    EXPECT_LE(widest(text), width);
    std::size_t cells = 0;
    for (auto at = text.find("78.6 ± 2.3"); at != std::string::npos;
         at = text.find("78.6 ± 2.3", at + 1)) {
      ++cells;
    }
    EXPECT_EQ(cells, 20U) << text;
  }
}

TEST(TerminalTable, WrapsWordsBeforeItBreaksTheTable) {
  Table table{.header = {"method", "what it changes", "score"},
              .rows = {{{"more", {}}, {"one two three four five six seven", {}}, {"1.0", {}}}}};
  EXPECT_EQ(to_terminal(table, {.width = 40}),
            "method  what it changes            score\n"
            "────────────────────────────────────────\n"
            "more    one two three four five      1.0\n"
            "        six seven\n");
}

TEST(TerminalTable, ShowsControlCharactersAsSuch) {
  Table table{.header = {"method"}, .rows = {{{"a\x1b[2J", {}}}}};
  EXPECT_THAT(to_terminal(table, {}), HasSubstr("a\\x1b[2J"));
}

TEST(JsonTable, HoldsTextsAndTheirStatistics) {
  const nlohmann::json json = nlohmann::json::parse(to_json(terminal_table()));
  EXPECT_EQ(json["columns"], nlohmann::json({"method", "cola", "MiB"}));
  const nlohmann::json best{
      {"text", "81.0 ± 1.0"}, {"mean", 81.0}, {"std", 1.0}, {"n", 3}, {"best", true}};
  EXPECT_EQ(json["rows"][0][1], best);
  EXPECT_EQ(json["rows"][1][2], nlohmann::json({{"text", "inconclusive"}}));
  EXPECT_EQ(json["notes"], nlohmann::json({"seeds: 3"}));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/table.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise {
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

TEST(Csv, QuotesOnlyWhatMustBeQuoted) {
  EXPECT_EQ(csv_line({"a b", "c,d", "e\"f", "g\nh", ""}), "a b,\"c,d\",\"e\"\"f\",\"g\nh\",\n");
}

}  // namespace
}  // namespace rankwise

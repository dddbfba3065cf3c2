#include "analysis/papers/paper_table.h"

#include "analysis/papers/study_needs.h"
#include "framework/core/json_file.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

json small_paper_table() {
  return json::parse(R"({
    "name": "x.table1", "title": "a table", "citation": "X, 2025, Table 1", "source": "by hand",
    "backbone": "T5-base", "data": "GLUE", "metric": "accuracy", "study": "text10", "seeds": 3,
    "columns": [{"name": "A", "digits": 1}, {"name": "B"}, {"name": "AVG", "mean_of": ["A", "B"]}],
    "rows": [
      {"method": "LoRA", "label": "lora", "cells": [1.5, [2.25, 0.5], null]},
      {"method": "MoRE", "label": "more", "reference": "LoRA",
       "cells": [{"mean": 3.0, "mark": "inferred"}, "2dr", 4]}
    ]})");
}

std::string refusal(const json& value) {
  return error_of([&] { parse_paper_table(value, "x.json"); });
}

json changed(const std::string& pointer, const json& value) {
  json table = small_paper_table();
  table[json::json_pointer(pointer)] = value;
  return table;
}

TEST(PaperTable, ACellIsANumberAPairATextAnObjectOrNotFound) {
  const PaperTable table = parse_paper_table(small_paper_table(), "x.json");
  const std::vector<PaperCell>& lora = table.rows[0].cells;
  EXPECT_EQ(to_text(lora[0], table.columns[0]), "1.5");
  EXPECT_EQ(to_text(lora[1], table.columns[1]), "2.25 ± 0.50");
  EXPECT_EQ(to_text(lora[2], table.columns[2]), "n/a (not found)");
  EXPECT_FALSE(lora[2].found());
  const std::vector<PaperCell>& more = table.rows[1].cells;
  EXPECT_EQ(to_text(more[0], table.columns[0]), "3.0 (inferred)");
  EXPECT_EQ(to_text(more[1], table.columns[1]), "2dr");
  EXPECT_EQ(to_text(more[2], table.columns[2], /*difference=*/true), "+4.00");
}

TEST(PaperTable, ARowIsHeldAgainstTheLabelOfItsReference) {
  const PaperTable table = parse_paper_table(small_paper_table(), "x.json");
  EXPECT_EQ(table.rows[1].against, "lora");
  EXPECT_EQ(table.rows[0].against, "");
  EXPECT_EQ(table.find_row("LoRA", "T5-base", "value"), &table.rows[0]);
  EXPECT_EQ(table.find_row("LoRA", "T5-base", "difference"), nullptr);
  EXPECT_EQ(table.find_column("AVG"), 2U);
}

TEST(PaperTable, FaultsAreNamedWithTheirPlace) {
  EXPECT_THAT(refusal(changed("/rows/0/cells", {1, 2})), HasSubstr("rows[0].cells: 2 cells for 3"));
  EXPECT_THAT(refusal(changed("/rows/0/cells/1", {1, 2, 3})), HasSubstr("expected [mean, std]"));
  EXPECT_THAT(refusal(changed("/rows/0/cells/1", {1, -2})), HasSubstr("-2 is negative"));
  EXPECT_THAT(refusal(changed("/rows/0/cells/1", json::object())), HasSubstr("use null"));
  EXPECT_THAT(refusal(changed("/rows/1/method", "LoRA")), HasSubstr("is there twice"));
  EXPECT_THAT(refusal(changed("/rows/1/reference", "Lora")), HasSubstr("'Lora', which is no row"));
  EXPECT_THAT(refusal(changed("/rows/1/labell", "x")),
              AllOf(HasSubstr("x.json: rows[1]"), HasSubstr("labell")));
  EXPECT_THAT(refusal(changed("/columns/1/name", "A")), HasSubstr("column 'A' is there twice"));
  EXPECT_THAT(refusal(changed("/columns/0/ours", "code/pass@1")),
              HasSubstr("ours is 'code/pass@1', and the metrics are acc"));
  EXPECT_THAT(refusal(changed("/columns/2/mean_of/0", "C")), HasSubstr("averages 'C'"));
  EXPECT_THAT(refusal(changed("/columns/0/unit", "percent")), HasSubstr("columns[0].unit"));
  EXPECT_THAT(refusal(changed("/citation", "")), HasSubstr("citation: a table needs one"));
  EXPECT_THAT(refusal(changed("/study", "")), HasSubstr("no_study"));
  EXPECT_THAT(refusal(json::object()), HasSubstr("expected a list 'columns'"));
}

TEST(PaperTables, EveryCommittedFileIsBuiltInUnderItsName) {
  std::set<std::string> committed, built_in;
  for (const auto& entry : fs::directory_iterator(source_tree() / "analysis/papers/data")) {
    const PaperTable table = parse_paper_table(read_json(entry.path()), entry.path().string());
    std::string file = table.name + ".json";
    std::replace(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(table.name.size()), '.',
                 '_');
    EXPECT_EQ(entry.path().filename(), file);
    committed.insert(table.name);
  }
  for (const PaperTable& table : paper_tables()) {
    EXPECT_TRUE(built_in.insert(table.name).second) << table.name << " is there twice";
  }
  EXPECT_EQ(built_in, committed);
}

TEST(PaperTables, AnUnknownNameListsTheKnownOnes) {
  EXPECT_EQ(find_paper_table("more.table5").rows.size(), 7U);
  EXPECT_THAT(error_of([] { find_paper_table("more.table6"); }),
              AllOf(HasSubstr("unknown table 'more.table6'"), HasSubstr("more.table5"),
                    HasSubstr("flylora.table16")));
}

TEST(PaperTables, EveryLabelIsOneOfItsStudy) {
  for (const PaperTable& table : paper_tables()) {
    if (table.study.empty()) continue;
    const StudyNeeds needs = read_study_needs(source_tree() / "configs" / (table.study + ".json"));
    for (const PaperRow& row : table.rows) {
      for (const std::string& label : {row.label, row.against}) {
        const bool known = label.empty() || std::find(needs.labels.begin(), needs.labels.end(),
                                                      label) != needs.labels.end();
        EXPECT_TRUE(known) << table.name << ": " << row.method << ": '" << label << "'";
      }
    }
  }
}

TEST(PaperTables, ARowWithoutARunSaysWhy) {
  for (const PaperTable& table : paper_tables()) {
    for (const PaperRow& row : table.rows) {
      if (table.study.empty() || !row.label.empty()) continue;
      EXPECT_FALSE(row.no_label.empty()) << table.name << ": " << row.method;
    }
  }
}

}  // namespace
}  // namespace rankwise::analysis

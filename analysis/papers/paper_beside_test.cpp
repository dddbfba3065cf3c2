#include "analysis/papers/paper_beside.h"

#include "analysis/output/test_output.h"
#include "analysis/runs/test_runs.h"
#include "framework/core/json.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

PaperTable two_tasks() {
  return parse_paper_table(json::parse(R"({
    "name": "x.table1", "title": "scores", "citation": "X, 2025, Table 1", "source": "by hand",
    "backbone": "T5-base", "data": "GLUE", "metric": "accuracy", "suite": "glue", "study": "trial",
    "columns": [{"name": "SST-2", "digits": 1, "ours": "sst2"}, {"name": "MMLU"}],
    "rows": [{"method": "LoRA", "label": "lora", "cells": [90, 30]},
             {"method": "MoRE", "label": "more", "reference": "LoRA", "cells": [95, 31]}]
    })"),
                           "x.json");
}

RunSet runs_of_suite(const std::string& suite) {
  const auto folder = test_folder();
  for (const auto& [label, score] : {std::pair("lora", 0.8), std::pair("more", 0.85)}) {
    test::write_run(folder, label,
                    {.label = label,
                     .test_scores = {{"cola", 0.5}, {"sst2", score}},
                     .attributes = {{"suite", suite}}});
  }
  return load_runs({folder});
}

using Texts = std::vector<std::string>;

TEST(PaperBeside, OursStandsBelowThePrintedNumberOfTheSameTask) {
  const RunSet runs = runs_of_suite("glue");
  const auto table = beside_paper(compare_with_paper(two_tasks(), runs));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->header, (Texts{"row", "SST-2"})) << "MMLU is measured by no run";
  EXPECT_EQ(texts(table->rows[0]), (Texts{"LoRA", "90.0\nours 80.0"}));
  EXPECT_EQ(texts(table->rows[1]), (Texts{"MoRE", "95.0\nours 85.0"}));
}

TEST(PaperBeside, OfOtherTasksOnlyChangesAreCompared) {
  const RunSet runs = runs_of_suite("own");
  const auto table = beside_paper(compare_with_paper(two_tasks(), runs));
  ASSERT_FALSE(table.has_value()) << "one seed has no change with an interval";
}

TEST(PaperBeside, WithoutACounterpartThereIsNoTable) {
  PaperTable paper = two_tasks();
  for (PaperRow& row : paper.rows) row.label = "elsewhere";
  const RunSet runs = runs_of_suite("glue");
  EXPECT_FALSE(beside_paper(compare_with_paper(paper, runs)).has_value());
}

}  // namespace
}  // namespace rankwise::analysis

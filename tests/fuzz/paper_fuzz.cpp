// Tables of papers: columns, rows, cells and what they refer to.

#include "analysis/papers/paper_table.h"
#include "framework/core/json_file.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  return fuzz::answered([&] {
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto table = analysis::parse_paper_table(parse_json(text, "input"), "input");
    analysis::fill_against(table);
    for (const analysis::PaperRow& row : table.rows) {
      if (row.cells.size() != table.columns.size()) std::abort();
    }
  });
}

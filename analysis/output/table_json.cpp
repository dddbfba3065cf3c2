#include "analysis/output/table.h"
#include "framework/core/json.h"
#include "framework/core/text.h"

#include <cmath>

namespace rankwise::analysis {
namespace {

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json cell_json(const Cell& cell) {
  nlohmann::ordered_json json{{"text", printable(cell.text)}};
  if (cell.value) {
    json["mean"] = number(cell.value->mean);
    json["std"] = number(cell.value->std);
    json["n"] = cell.value->count;
  }
  if (cell.bold) json["best"] = true;
  return json;
}

}  // namespace

std::string to_json(const Table& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    nlohmann::ordered_json cells = nlohmann::ordered_json::array();
    for (const Cell& cell : row) cells.push_back(cell_json(cell));
    rows.push_back(std::move(cells));
  }
  const nlohmann::ordered_json whole{{"caption", table.caption},
                                     {"columns", table.header},
                                     {"rows", std::move(rows)},
                                     {"notes", table.footers}};
  return whole.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace rankwise::analysis

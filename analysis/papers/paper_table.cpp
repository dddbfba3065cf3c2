#include "analysis/papers/paper_table.h"

#include "analysis/papers/embedded_papers.h"
#include "analysis/runs/task_scores.h"
#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/core/nearest.h"
#include "framework/core/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

PaperCell parse_cell(const json& value, const std::string& path) {
  PaperCell cell;
  if (value.is_null()) return cell;
  if (value.is_number()) {
    cell.mean = value.get<double>();
  } else if (value.is_string()) {
    cell.text = value.get<std::string>();
  } else if (value.is_array()) {
    check(value.size() == 2 && value[0].is_number() && value[1].is_number(),
          "{}: expected [mean, std], found {}", path, value.dump());
    cell.mean = value[0].get<double>();
    cell.std = value[1].get<double>();
  } else {
    cell = parse_options<PaperCell>(value, path);
    check(cell.found(), "{}: an object needs a mean or a text; use null for what was not found",
          path);
  }
  check(!cell.std || *cell.std >= 0, "{}: the deviation {} is negative", path,
        cell.std.value_or(0));
  return cell;
}

/// Takes the list under `key` out of `object`.
json take_list(json& object, const char* key, const std::string& path) {
  check(object.is_object() && object.contains(key) && object.at(key).is_array(),
        "{}: expected a list '{}'", path, key);
  json list = std::move(object.at(key));
  object.erase(key);
  return list;
}

PaperRow parse_row(json value, const std::string& path, std::size_t columns) {
  const json cells = take_list(value, "cells", path);
  PaperRow row = parse_options<PaperRow>(value, path);
  check(!row.method.empty(), "{}.method: a row needs one", path);
  check(cells.size() == columns, "{}.cells: {} cells for {} columns", path, cells.size(), columns);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    row.cells.push_back(parse_cell(cells[i], fmt::format("{}.cells[{}]", path, i)));
  }
  return row;
}

void check_ours(const PaperColumn& column, const std::string& path) {
  if (!names_metric(column.ours)) return;
  const std::string metric = task_metric(column.ours).metric;
  check(metrics().contains(metric), "{}: column '{}': ours is '{}', and the metrics are {}", path,
        column.name, column.ours, fmt::join(metrics().names(), ", "));
}

void check_columns(const PaperTable& table, const std::string& path) {
  std::set<std::string> names;
  for (const PaperColumn& column : table.columns) {
    check(!column.name.empty(), "{}: columns: one has no name", path);
    check(names.insert(column.name).second, "{}: column '{}' is there twice", path, column.name);
  }
  for (const PaperColumn& column : table.columns) {
    for (const std::string& part : column.mean_of) {
      check(names.contains(part), "{}: column '{}' averages '{}', which is none of {}", path,
            column.name, part, fmt::join(names, ", "));
    }
    const bool known = std::any_of(table.rows.begin(), table.rows.end(),
                                   [&](const PaperRow& row) { return row.method == column.best; });
    check_ours(column, path);
    check(column.best.empty() || known, "{}: column '{}': best is '{}', which is no row", path,
          column.name, column.best);
  }
}

void check_rows(const PaperTable& table, const std::string& path) {
  for (const PaperRow& row : table.rows) {
    check(table.find_row(row.method, table.backbone_of(row), row.quantity) == &row,
          "{}: row '{}' ({}, {}) is there twice", path, row.method, table.backbone_of(row),
          row.quantity);
    check(row.reference.empty() ||
              table.find_row(row.reference, table.backbone_of(row), row.quantity) != nullptr,
          "{}: row '{}' refers to '{}', which is no row of its backbone", path, row.method,
          row.reference);
    check(row.label.empty() || !table.study.empty(),
          "{}: row '{}' has a label but the table has no study", path, row.method);
  }
}

void check_links(const std::vector<PaperTable>& tables) {
  std::set<std::string> names;
  for (const PaperTable& table : tables) {
    check(names.insert(table.name).second, "table '{}' is there twice", table.name);
  }
  const auto check_name = [&](const PaperTable& table, const std::string& other) {
    check(other.empty() || names.contains(other), "{}: refers to '{}'; the tables are {}",
          table.name, other, fmt::join(names, ", "));
  };
  for (const PaperTable& table : tables) {
    check_name(table, table.before);
    for (const PaperRow& row : table.rows) check_name(table, row.repeats);
  }
}

std::vector<PaperTable> parse_embedded() {
  std::vector<PaperTable> tables;
  for (const EmbeddedPaper& file : embedded_papers()) {
    tables.push_back(parse_paper_table(json::parse(file.text, nullptr, true, true), file.name));
  }
  check_links(tables);
  return tables;
}

}  // namespace

const std::string& PaperTable::backbone_of(const PaperRow& row) const {
  return row.backbone.empty() ? backbone : row.backbone;
}

const PaperRow* PaperTable::find_row(const std::string& method, const std::string& on,
                                     const std::string& quantity) const {
  for (const PaperRow& row : rows) {
    if (row.method == method && backbone_of(row) == on && row.quantity == quantity) return &row;
  }
  return nullptr;
}

std::optional<std::size_t> PaperTable::find_column(const std::string& wanted) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == wanted) return i;
  }
  return std::nullopt;
}

void fill_against(PaperTable& table) {
  for (PaperRow& row : table.rows) {
    if (row.reference.empty()) continue;
    row.against = table.find_row(row.reference, table.backbone_of(row), row.quantity)->label;
  }
}

PaperTable parse_paper_table(const json& value, const std::string& path) {
  json rest = value;
  const json columns = take_list(rest, "columns", path);
  const json rows = take_list(rest, "rows", path);
  PaperTable table = parse_options<PaperTable>(rest, path + ":");
  for (const auto& [key, text] :
       {std::pair("name", &table.name), std::pair("title", &table.title),
        std::pair("citation", &table.citation), std::pair("source", &table.source),
        std::pair("backbone", &table.backbone), std::pair("data", &table.data),
        std::pair("metric", &table.metric)}) {
    check(!text->empty(), "{}: {}: a table needs one", path, key);
  }
  check(table.study.empty() != table.no_study.empty(),
        "{}: a table has either a study or the reason why there is none (no_study)", path);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    table.columns.push_back(
        parse_options<PaperColumn>(columns[i], fmt::format("{}: columns[{}]", path, i)));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.rows.push_back(
        parse_row(rows[i], fmt::format("{}: rows[{}]", path, i), table.columns.size()));
  }
  check_columns(table, path);
  check_rows(table, path);
  fill_against(table);
  return table;
}

const std::vector<PaperTable>& paper_tables() {
  static const std::vector<PaperTable> kTables = parse_embedded();
  return kTables;
}

const PaperTable& find_paper_table(const std::string& name) {
  std::vector<std::string> names;
  names.reserve(paper_tables().size());
  for (const PaperTable& table : paper_tables()) {
    names.push_back(table.name);
  }
  const auto meant = same_name(name, names);
  if (!meant) fail_unknown("table", "tables", name, names);
  return *std::find_if(paper_tables().begin(), paper_tables().end(),
                       [&](const PaperTable& table) { return table.name == *meant; });
}

std::string to_text(const PaperCell& cell, const PaperColumn& column, bool difference) {
  if (!cell.found()) return "n/a (not found)";
  if (!cell.text.empty()) return cell.text;
  const auto digits = static_cast<int>(column.digits);
  std::string text = difference ? fmt::format("{:+.{}f}", *cell.mean, digits)
                                : fmt::format("{:.{}f}", *cell.mean, digits);
  if (cell.std) text += fmt::format(" ± {:.{}f}", *cell.std, digits);
  return cell.mark == PaperCell::kAsPrinted ? text : fmt::format("{} ({})", text, cell.mark);
}

}  // namespace rankwise::analysis

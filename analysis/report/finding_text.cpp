#include "analysis/report/finding_text.h"

#include "analysis/runs/studies.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace rankwise::analysis {
namespace {

/// The parts between colons that no space follows.
std::vector<std::string> parts_of(const std::string& reference) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const bool ends = reference[i] == ':' && i + 1 < reference.size() && reference[i + 1] != ' ';
    ends ? parts.emplace_back() : parts.back() += reference[i];
  }
  return parts;
}

/// Whether a row's first cells, joined by " | ", are the name.
bool is_called(const std::vector<Cell>& row, const std::string& name) {
  std::string begin;
  for (const Cell& cell : row) {
    begin += (begin.empty() ? "" : " | ") + cell.text;
    if (begin.size() >= name.size()) break;
  }
  return begin == name;
}

/// The tables of one study's runs, each made once.
class CellTexts {
 public:
  CellTexts(const StudyFile& study, RunSet runs) : study_(study), runs_(std::move(runs)) {}

  /// Nothing where there is no such cell, or nothing in it.
  std::optional<std::string> find(const std::string& reference) {
    const std::vector<std::string> parts = parts_of(reference);
    if (parts.size() != 3) return std::nullopt;
    const Table& table = table_called(parts[0]);
    const auto column = std::find(table.header.begin(), table.header.end(), parts[2]);
    if (column == table.header.end()) return std::nullopt;
    for (const std::vector<Cell>& row : table.rows) {
      if (!is_called(row, parts[1])) continue;
      const std::string& text = row[static_cast<std::size_t>(column - table.header.begin())].text;
      if (!text.empty() && text != "–") return text;
    }
    return std::nullopt;
  }

 private:
  /// Empty where these runs do not give it.
  const Table& table_called(const std::string& name) {
    const auto [found, added] = made_.emplace(name, Table{});
    if (!added) return found->second;
    nlohmann::json options = nlohmann::json::object();
    for (const StudyOutput& output : study_.tables) {
      if (output.name == name) options = output.options;
    }
    found->second = made(name, options);
    return found->second;
  }

  Table made(const std::string& name, const nlohmann::json& options) {
    try {
      const TableKind& kind = tables().find(name);
      return kind.make(runs_, with_reference(kind, options, study_.reference));
    } catch (const Error&) {  // the page says elsewhere why
      return {};
    }
  }

  const StudyFile& study_;
  RunSet runs_;
  std::map<std::string, Table> made_{};
};

/// The text with its cells; nothing where one is missing.
std::optional<std::string> filled(const std::string& finding, CellTexts& cells) {
  std::string text;
  for (std::size_t at = 0; at < finding.size();) {
    const std::size_t open = finding.find('{', at), close = finding.find('}', at);
    if (open == std::string::npos || close < open || close == std::string::npos) {
      return text + finding.substr(at);
    }
    const auto cell = cells.find(finding.substr(open + 1, close - open - 1));
    if (!cell) return std::nullopt;
    text += finding.substr(at, open - at) + *cell;
    at = close + 1;
  }
  return text;
}

}  // namespace

Findings fill_findings(const StudyFile& study, const RunSet& runs) {
  Findings result;
  CellTexts cells(study, part_of_study(runs, study.name));
  for (const std::string& finding : study.findings) {
    if (auto text = filled(finding, cells)) {
      result.texts.push_back(std::move(*text));
    } else {
      ++result.open;
    }
  }
  return result;
}

}  // namespace rankwise::analysis

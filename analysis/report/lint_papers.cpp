#include "analysis/report/lint.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace rankwise::analysis {
namespace {

/// A cell with where it stands.
struct PaperPlace {
  const PaperTable& table;
  const PaperRow& row;
  std::size_t column;

  const PaperCell& cell() const { return row.cells[column]; }
  const PaperColumn& head() const { return table.columns[column]; }
  const std::string& unit() const { return row.unit.empty() ? head().unit : row.unit; }
  /// Half a unit of the last printed digit.
  double half_digit() const { return 0.5 * std::pow(10.0, -static_cast<double>(head().digits)); }

  std::string number(double value) const {
    return fmt::format("{:.{}f}", value, static_cast<int>(head().digits));
  }

  std::string text() const {
    const std::string on = row.backbone.empty() ? "" : fmt::format(" ({})", row.backbone);
    const std::string quantity = row.quantity == PaperRow::kValue ? "" : ", " + row.quantity;
    return fmt::format("{}: {}{}, {}{}", table.name, row.method, on, head().name, quantity);
  }
};

/// The tables with what is looked up in them, and the report that grows.
class PaperLint {
 public:
  explicit PaperLint(const std::vector<PaperTable>& tables) : tables_(tables) {}

  LintReport run() {
    for (const PaperTable& table : tables_) {
      for (const PaperRow& row : table.rows) {
        if (!row.note.empty()) report_.remark(table.name + ": " + row_text(row), row.note);
        for (std::size_t column = 0; column < row.cells.size(); ++column) {
          check_cell({table, row, column});
        }
      }
      for (const PaperColumn& column : table.columns) check_best(table, column);
    }
    return std::move(report_);
  }

 private:
  static std::string row_text(const PaperRow& row) {
    return row.backbone.empty() ? row.method : fmt::format("{} ({})", row.method, row.backbone);
  }

  void check_cell(const PaperPlace& place) {
    ++report_.checked[place.cell().found() ? "printed cells" : "cells that were not found"];
    if (!place.cell().mean) return;
    if (place.cell().mark != PaperCell::kAsPrinted) {
      report_.remark(place.text(),
                     fmt::format("{} was not printed ({}): it proves nothing",
                                 place.number(*place.cell().mean), place.cell().mark));
    }
    check_range(place);
    check_chance(place);
    check_difference(place);
    check_mean(place);
    check_repetition(place);
  }

  void check_range(const PaperPlace& place) {
    const auto [low, high] = range_of(place);
    const double value = *place.cell().mean;
    if (value < low || value > high) {
      report_.remark(place.text(),
                     fmt::format("{} is outside {} to {}", place.number(value), low, high));
    }
  }

  static std::pair<double, double> range_of(const PaperPlace& place) {
    const std::string& unit = place.unit();
    if (place.row.is_difference() || unit == "points" || unit == "×100") return {-100, 100};
    if (unit == "%") return {0, 100};
    if (unit == "ratio") return {0, 1};
    return {0, HUGE_VAL};
  }

  void check_chance(const PaperPlace& place) {
    const auto& chance = place.head().chance;
    if (!chance || place.row.is_difference() || !place.row.unit.empty()) return;
    ++report_.checked["chance levels"];
    if (*place.cell().mean <= *chance) {
      report_.remark(place.text(), fmt::format("{} is no better than guessing ({})",
                                               place.number(*place.cell().mean), *chance));
    }
  }

  /// printed difference == after - before, each rounded.
  void check_difference(const PaperPlace& place) {
    if (!place.row.is_difference() || place.table.before.empty()) return;
    const PaperCell* after = find(place.table, place.row.method, place, PaperRow::kAfter);
    const PaperCell* before =
        find(table(place.table.before), place.row.method, place, PaperRow::kValue);
    if (after == nullptr || before == nullptr || !after->mean || !before->mean) return;
    if (place.cell().rebuilt() || after->rebuilt() || before->rebuilt()) return;
    ++report_.checked["differences"];
    const double given = *after->mean - *before->mean;
    compare(place, given, 3 * place.half_digit());
  }

  /// printed mean == mean of its columns. Where some were not found, what they would have to
  /// average must at least be possible.
  void check_mean(const PaperPlace& place) {
    if (place.head().mean_of.empty()) return;
    double sum = 0;
    std::size_t found = 0;
    for (const std::string& name : place.head().mean_of) {
      const PaperCell& part = place.row.cells[*place.table.find_column(name)];
      if (!part.mean) continue;
      sum += *part.mean;
      ++found;
    }
    const auto parts = static_cast<double>(place.head().mean_of.size());
    const double missing = parts - static_cast<double>(found);
    if (missing == 0) {
      ++report_.checked["means"];
      compare(place, sum / parts, 2 * place.half_digit());
    } else if (found > 0) {
      ++report_.checked["means with cells that were not found"];
      const double rest = (*place.cell().mean * parts - sum) / missing;
      if (rest >= 0 && rest <= 100) return;
      report_.remark(place.text(), fmt::format("the {} cells that were not found would have to "
                                               "average {}",
                                               missing, place.number(rest)));
    }
  }

  void compare(const PaperPlace& place, double given, double tolerance) {
    // A printed number lies within half a digit of its value, and so do those it is made from.
    if (std::abs(given - *place.cell().mean) <= tolerance + 1e-9) return;
    report_.remark(place.text(),
                   fmt::format("printed {}, cells give {}", place.number(*place.cell().mean),
                               place.number(given)));
  }

  /// The same cell in another table.
  void check_repetition(const PaperPlace& place) {
    const PaperRow& row = place.row;
    if (row.repeats.empty()) return;
    const std::string& method = row.repeats_method.empty() ? row.method : row.repeats_method;
    const PaperCell* other = find(table(row.repeats), method, place, row.quantity);
    if (other == nullptr) {
      report_.remark(place.text(), fmt::format("no such cell in {}", row.repeats));
      return;
    }
    ++report_.checked["repeated cells"];
    if (other->mean == place.cell().mean && other->std == place.cell().std) return;
    report_.remark(place.text(),
                   fmt::format("{} here, {} in {}", to_text(place.cell(), place.head()),
                               to_text(*other, place.head()), row.repeats));
  }

  void check_best(const PaperTable& table, const PaperColumn& column) {
    if (column.best.empty()) return;
    const std::size_t index = *table.find_column(column.name);
    const auto mean = [&](const PaperRow& row) {
      return row.cells[index].mean.value_or(-HUGE_VAL);
    };
    const auto best =
        std::max_element(table.rows.begin(), table.rows.end(),
                         [&](const PaperRow& a, const PaperRow& b) { return mean(a) < mean(b); });
    if (best == table.rows.end() || !best->cells[index].mean || best->method == column.best) return;
    report_.remark(
        fmt::format("{}: {}", table.name, column.name),
        fmt::format("said to be best: {}; best of the cells: {}", column.best, best->method));
  }

  const PaperTable& table(const std::string& name) const {
    const auto found = std::find_if(tables_.begin(), tables_.end(),
                                    [&](const PaperTable& t) { return t.name == name; });
    check(found != tables_.end(), "no table '{}'", name);
    return *found;
  }

  /// The cell of a method in `where`, on the place's backbone and in the place's column.
  static const PaperCell* find(const PaperTable& where, const std::string& method,
                               const PaperPlace& place, const std::string& quantity) {
    const PaperRow* row = where.find_row(method, place.table.backbone_of(place.row), quantity);
    const auto column = where.find_column(place.head().name);
    return row == nullptr || !column ? nullptr : &row->cells[*column];
  }

  const std::vector<PaperTable>& tables_;
  LintReport report_;
};

}  // namespace

LintReport lint_papers(const std::vector<PaperTable>& tables) { return PaperLint(tables).run(); }

}  // namespace rankwise::analysis

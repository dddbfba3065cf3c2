/// Tables that papers print, as data: what a reproduction is held against. The files lie in
/// analysis/papers/data and are built into the program.
#pragma once

#include "framework/core/constraint.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// One printed cell. In the file: null (not found), a number, [mean, std], text for a formula, or
/// an object with these members.
struct PaperCell {
  std::optional<double> mean, std;
  std::string text;  // a formula; empty for numbers
  std::string mark = kAsPrinted;
  std::string note;

  static constexpr const char* kAsPrinted = "as printed";
  static constexpr const char* kInferred = "inferred";
  /// Illegible in the source, so rebuilt from the two other numbers of its row.
  static constexpr const char* kFromDifference = "= before + difference";
  static constexpr const char* kFromScores = "= after - before";

  bool found() const { return mean.has_value() || !text.empty(); }
  bool rebuilt() const { return mark == kFromDifference || mark == kFromScores; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("mean", self.mean, "as printed; of one seed where it is one");
    field("std", self.std, "what stands behind the ±", not_negative());
    field("text", self.text, "a formula instead of a number");
    field("mark", self.mark, "where it comes from",
          one_of({kAsPrinted, kInferred, kFromDifference, kFromScores}));
    field("note", self.note, "what else is known");
  }
};

struct PaperColumn {
  std::string name, unit = "%";
  std::int64_t digits = 2;
  std::string ours, own_task, best;
  std::vector<std::string> mean_of;
  std::optional<double> chance;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("name", self.name, "as printed");
    field("unit", self.unit,
          "% is 0 to 100; ×100 a correlation in -100 to 100; points a difference",
          one_of({"%", "×100", "points", "ratio", "hours", "GB", "millions", "formula"}));
    field("digits", self.digits, "printed after the point", not_negative());
    field("ours", self.ours,
          "our task, task/metric for another than its first, or 'average' over tasks; empty: no "
          "counterpart");
    field("own_task", self.own_task,
          "the same in the paper's own setting, or task/hours, task/gigabytes; empty: ours");
    field("best", self.best, "method that the paper says is best here; empty: not said");
    field("mean_of", self.mean_of, "columns that it averages");
    field("chance", self.chance, "score of guessing, in its unit");
  }
};

struct PaperRow {
  std::string method, backbone, quantity = kValue, unit, settings;
  std::string label, own_label, no_label, reference, against, repeats, repeats_method, note;
  std::vector<PaperCell> cells;  // one per column

  static constexpr const char* kValue = "value";
  static constexpr const char* kAfter = "after merging";
  static constexpr const char* kDifference = "difference";

  bool is_difference() const { return quantity == kDifference; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("method", self.method, "as printed");
    field("backbone", self.backbone, "where a table has several; empty: the table's");
    field("quantity", self.quantity, "what the cells are", one_of({kValue, kAfter, kDifference}));
    field("unit", self.unit, "where it is not the columns'");
    field("settings", self.settings, "options where known");
    field("label", self.label, "of our runs; empty: none");
    field("own_label", self.own_label,
          "of our runs in the paper's own setting, or of their group; empty: label");
    field("no_label", self.no_label, "why there is none");
    field("reference", self.reference, "method that an ablation or comparison is held against");
    field("against", self.against, "our label of that; empty: the reference row's");
    field("repeats", self.repeats, "table in which the same cells stand");
    field("repeats_method", self.repeats_method, "the row's method there; empty: the same");
    field("note", self.note, "what else is known");
  }
};

struct PaperTable {
  std::string name, title, citation, source, backbone, data, metric, suite, training, hours;
  std::optional<std::int64_t> seeds, steps;
  std::string study, no_study, stands_in, before;
  std::vector<std::string> notes;
  std::vector<PaperColumn> columns;
  std::vector<PaperRow> rows;

  /// The row's own backbone, or the table's.
  const std::string& backbone_of(const PaperRow& row) const;
  /// The row, or nullptr. `backbone` as backbone_of() gives it.
  const PaperRow* find_row(const std::string& method, const std::string& backbone,
                           const std::string& quantity) const;
  /// Index of the column, or nothing.
  std::optional<std::size_t> find_column(const std::string& name) const;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("name", self.name, "paper.table");
    field("title", self.title, "what it shows");
    field("citation", self.citation, "authors, venue, arXiv id, number of the table");
    field("source", self.source, "what the numbers here were taken from");
    field("backbone", self.backbone, "of the paper");
    field("data", self.data, "of the paper");
    field("metric", self.metric, "of the paper");
    field("suite", self.suite, "our suite with that data; empty: none");
    field("training", self.training, "budget of the paper");
    field("hours", self.hours, "of the paper, with its hardware; empty: not found");
    field("seeds", self.seeds, "behind mean and std; null: not found", positive());
    field("steps", self.steps, "of training; null: not found", positive());
    field("study", self.study, "our counterpart: configs/<study>.json; empty: none");
    field("no_study", self.no_study, "why there is none");
    field("stands_in", self.stands_in,
          "what of that study stands for what of the paper, and how far");
    field("before", self.before, "table that differences of this one start from");
    field("notes", self.notes, "one line each");
  }
};

/// Throws Error that names `path` and the place in it: unknown keys, missing or repeated names,
/// rows of another length than the columns, references to nothing.
PaperTable parse_paper_table(const nlohmann::json& value, const std::string& path);

/// Labels of ours to subtract: those of the reference rows, where rows have one.
void fill_against(PaperTable& table);

/// All of analysis/papers/data, in the papers' order. Throws Error where a name is there twice or a
/// table refers to one that is not there.
const std::vector<PaperTable>& paper_tables();

/// Capitals and `-`, `_` are forgiven. Throws Error that lists the known names.
const PaperTable& find_paper_table(const std::string& name);

/// "40.88 ± 1.61", "-2.02", "n/a (not found)"; differences show their sign.
std::string to_text(const PaperCell& cell, const PaperColumn& column, bool difference = false);

}  // namespace rankwise::analysis

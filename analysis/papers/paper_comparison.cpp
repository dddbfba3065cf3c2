#include "analysis/papers/paper_comparison.h"

#include "analysis/papers/our_runs.h"
#include "analysis/runs/run_scores.h"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace rankwise::analysis {
namespace {

/// Letters and digits alone, in lower case: "Qwen-2.5-7B" and "llama qwen2.5-7b" have one name.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) result += static_cast<char>(std::tolower(byte));
  }
  return result;
}

/// Why a run's score cannot stand beside the paper's.
std::set<std::string> reasons_of(const PaperTable& table, const PaperRow& row,
                                 const PaperColumn& column, const OurRun& ours) {
  std::set<std::string> reasons;
  const Run& run = *ours.run;
  if (plain(run.text("backbone")).find(plain(table.backbone_of(row))) == std::string::npos) {
    reasons.insert("backbone");
  }
  const bool same_average = column.ours != kAverage || ours.tasks == column.mean_of.size();
  if (table.suite.empty() || run.text("suite") != table.suite || !same_average) {
    reasons.insert("data");
  }
  const nlohmann::json config = run.attributes.value("config", nlohmann::json::object());
  const nlohmann::json data = config.value("data", nlohmann::json::object());
  const bool subset = data.value("test_rows", std::int64_t{0}) > 0;
  const bool shorter =
      table.steps && run.attributes.value("steps", std::int64_t{0}) != *table.steps;
  if (subset || shorter) reasons.insert("scale");
  return reasons;
}

constexpr const char* kSetting = "setting";
constexpr const char* kMachine = "machine";
constexpr const char* kChanged = "changed settings";

/// Whether all that `stated` says is in `found`, members of members too.
bool holds(const nlohmann::json& found, const nlohmann::json& stated) {
  if (!stated.is_object()) return found == stated;
  return std::all_of(stated.items().begin(), stated.items().end(), [&](const auto& item) {
    return found.is_object() && found.contains(item.key()) &&
           holds(found.at(item.key()), item.value());
  });
}

/// Whether the run is as the row of its label in the study file says; the file's seeds are its own.
bool as_the_study_says(const StudyFile& study, const Run& run) {
  const nlohmann::json config = run.attributes.value("config", nlohmann::json::object());
  return std::any_of(study.runs.begin(), study.runs.end(), [&](const StudyRun& row) {
    nlohmann::json stated = row.members;
    for (const char* name : {"variant", "label", "seed"}) stated.erase(name);
    return row.label == run.text("label") && holds(config, stated);
  });
}

/// Half of the 95 % t-interval of a difference of two means, by Welch's degrees of freedom.
double welch_half_width(const MeanStd& a, const MeanStd& b) {
  const double va = a.std * a.std / static_cast<double>(a.count);
  const double vb = b.std * b.std / static_cast<double>(b.count);
  if (va + vb == 0) return 0;
  const double freedom =
      (va + vb) * (va + vb) /
      (va * va / static_cast<double>(a.count - 1) + vb * vb / static_cast<double>(b.count - 1));
  return quantile(boost::math::students_t(freedom), 0.975) * std::sqrt(va + vb);
}

/// Half of the 95 % interval that the difference of ours and the paper's mean has.
double half_width(const MeanStd& ours, const PaperCell& cell, const PaperTable& table) {
  if (cell.std && table.seeds.value_or(1) > 1) {
    return welch_half_width(ours, {static_cast<std::size_t>(*table.seeds), *cell.mean, *cell.std});
  }
  const auto n = static_cast<double>(ours.count);
  return quantile(boost::math::students_t(n - 1), 0.975) * ours.std / std::sqrt(n);
}

class CellComparison {
 public:
  CellComparison(const PaperTable& table, const RunSet& runs, const OwnSetting* own)
      : table_(table), own_(own), ours_(read_ours(runs)) {}

  ComparedCell compare(std::size_t row, std::size_t column) const {
    ComparedCell cell{.row = row, .column = column};
    measure(cell);
    cell.paper_change = paper_change(cell);
    judge(cell);
    return cell;
  }

  /// Of cells whose sizes cannot be compared; the correction needs them all. The number of
  /// changes of ours among them.
  std::size_t judge_signs(std::vector<ComparedCell>& cells) const;

  std::string best(std::size_t column) const;

 private:
  const PaperRow& row(const ComparedCell& cell) const { return table_.rows[cell.row]; }
  const PaperColumn& head(const ComparedCell& cell) const { return table_.columns[cell.column]; }
  const PaperCell& paper(const ComparedCell& cell) const { return row(cell).cells[cell.column]; }

  const std::vector<OurRun>& runs_of(const std::string& label) const {
    static const std::vector<OurRun> kNone;
    const auto found = ours_.find(label);
    return found == ours_.end() ? kNone : found->second;
  }

  /// Fills what our runs say.
  void measure(ComparedCell& cell) const {
    const std::string task = head(cell).ours + (row(cell).unit == "ratio" ? "/cka" : "");
    std::vector<double> values, changes;
    for (const OurRun& run : runs_of(row(cell).label)) {
      const auto score = run.score(task);
      if (!score) continue;
      cell.rise_is_better = score->higher_is_better;
      cell.reasons.merge(reasons_of(table_, row(cell), head(cell), run));
      cell.reasons.merge(own_reasons(head(cell), run));
      values.push_back(score->value);
      if (const auto other = reference_score(cell, run)) changes.push_back(values.back() - *other);
    }
    cell.ours = mean_std(row(cell).is_difference() ? changes : values);
    cell.our_change = paired_t_test(changes);
  }

  /// The reference's score with the same seed and protocol; of a row of changes by merging, that
  /// of the task's own model.
  std::optional<double> reference_score(const ComparedCell& cell, const OurRun& run) const {
    const std::string& task = head(cell).ours;
    if (row(cell).is_difference() && row(cell).against.empty()) return before(task, run);
    for (const OurRun& other : runs_of(row(cell).against)) {
      const auto score = other.score(task);
      if (!score || other.run->seed != run.run->seed) continue;
      if (other.run->protocol_hash == run.run->protocol_hash) return score->value;
    }
    return std::nullopt;
  }

  /// Why a run in the paper's own setting cannot be judged by the paper's numbers; a merged model
  /// is as the runs that it was made of.
  std::set<std::string> own_reasons(const PaperColumn& column, const OurRun& ours) const {
    std::set<std::string> reasons;
    if (own_ == nullptr) return reasons;
    if (own_->assumed()) reasons.insert(kSetting);
    if (column.unit == "hours" || column.unit == "GB") reasons.insert(kMachine);
    const std::vector<OurRun>& of = ours.is_merged() ? parts_of(ours) : std::vector{ours};
    const bool as_stated = std::all_of(of.begin(), of.end(), [&](const OurRun& run) {
      return as_the_study_says(own_->study, *run.run);
    });
    if (of.empty() || !as_stated) reasons.insert(kChanged);
    return reasons;
  }

  /// The runs of the group that a merged model was made of, of all seeds: its label is "GROUP,
  /// RULE".
  const std::vector<OurRun>& parts_of(const OurRun& merged) const {
    const std::string& label = merged.run->label;
    return runs_of(label.substr(0, label.rfind(", ")));
  }

  /// Before merging: as the merged model's file has it, or, of another metric than a task's first,
  /// as the run of its group and seed has it.
  std::optional<double> before(const std::string& task, const OurRun& merged) const {
    const auto found = merged.before.find(task);
    if (found != merged.before.end()) return found->second.value;
    for (const OurRun& single : parts_of(merged)) {
      const auto score = single.score(task);
      if (score && single.run->seed == merged.run->seed) return score->value;
    }
    return std::nullopt;
  }

  std::optional<double> paper_change(const ComparedCell& cell) const {
    if (row(cell).is_difference()) return paper(cell).mean;
    if (row(cell).reference.empty()) return std::nullopt;
    const PaperRow* reference =
        table_.find_row(row(cell).reference, table_.backbone_of(row(cell)), row(cell).quantity);
    const PaperCell& from = reference->cells[cell.column];
    if (!from.mean || !paper(cell).mean) return std::nullopt;
    return *paper(cell).mean - *from.mean;
  }

  void judge(ComparedCell& cell) const {
    if (cell.ours.count == 0) {
      cell.note = why_not_run(cell);
      if (!paper(cell).found()) cell.verdict = PaperVerdict::kNotFound;
    } else if (!paper(cell).mean) {
      cell.verdict = PaperVerdict::kNotFound;
    } else if (cell.reasons.empty()) {
      judge_size(cell);
    } else {
      cell.verdict = has_sign(cell) ? PaperVerdict::kInconclusive : PaperVerdict::kNotComparable;
    }
  }

  bool has_sign(const ComparedCell& cell) const {
    if (cell.reasons.contains(kSetting) || cell.reasons.contains(kMachine)) return false;
    return cell.ours.count > 0 && !cell.reasons.empty() && cell.paper_change &&
           !row(cell).against.empty();
  }

  std::string why_not_run(const ComparedCell& cell) const {
    if (head(cell).ours.empty()) return "no counterpart of this column";
    const PaperRow& line = row(cell);
    if (line.label.empty()) return line.no_label.empty() ? "no counterpart" : line.no_label;
    if (runs_of(line.label).empty()) return fmt::format("no run is labelled '{}'", line.label);
    if (line.is_difference()) return fmt::format("no matched run is labelled '{}'", line.against);
    return fmt::format("our runs have no {}", head(cell).ours);
  }

  void judge_size(ComparedCell& cell) const {
    cell.difference = cell.ours.mean - *paper(cell).mean;
    if (cell.ours.count < 2) {
      cell.verdict = PaperVerdict::kInconclusive;
      cell.note = "one seed has no interval";
      return;
    }
    const double rounding = 0.5 * std::pow(10.0, -static_cast<double>(head(cell).digits));
    const double half = half_width(cell.ours, paper(cell), table_);
    const bool inside = std::abs(*cell.difference) <= half + rounding;
    cell.verdict = inside ? PaperVerdict::kInside : PaperVerdict::kOutside;
  }

  void judge_sign(ComparedCell& cell) const {
    if (!cell.holm_p) {
      cell.note = "fewer than two matched seeds have no interval";
    } else if (*cell.paper_change == 0) {
      cell.note = "the paper's change is zero";
    } else if (*cell.holm_p >= kSignificant) {
      cell.note = fmt::format("p (Holm) {:.3g}", *cell.holm_p);
    } else {
      const bool we_gain = (cell.our_change->mean > 0) == cell.rise_is_better;
      const bool same = we_gain == (*cell.paper_change > 0);
      cell.verdict = same ? PaperVerdict::kSameSign : PaperVerdict::kOppositeSign;
    }
  }

  const PaperTable& table_;
  const OwnSetting* own_;  // of our runs, if they are of the paper's own setting
  OurRuns ours_;
};

std::size_t CellComparison::judge_signs(std::vector<ComparedCell>& cells) const {
  // A paper that has a row for each of two backbones asks one change of ours twice.
  std::map<std::tuple<std::string, std::string, std::string>, double> changes;
  const auto change_of = [&](const ComparedCell& cell) {
    return std::tuple(row(cell).label, row(cell).against, head(cell).ours);
  };
  for (const ComparedCell& cell : cells) {
    if (has_sign(cell) && cell.our_change) changes[change_of(cell)] = cell.our_change->p;
  }
  std::vector<double> p;
  p.reserve(changes.size());
  for (const auto& [change, value] : changes) p.push_back(value);
  const std::vector<double> corrected = holm(p);
  auto next = corrected.begin();
  for (auto& [change, value] : changes) value = *next++;
  for (ComparedCell& cell : cells) {
    if (!has_sign(cell)) continue;
    if (cell.our_change) cell.holm_p = changes.at(change_of(cell));
    judge_sign(cell);
  }
  return changes.size();
}

std::string CellComparison::best(std::size_t column) const {
  const PaperColumn& head = table_.columns[column];
  const PaperRow* ours = nullptr;
  double top = 0;
  for (std::size_t row = 0; row < table_.rows.size(); ++row) {
    const ComparedCell cell = compare(row, column);
    const double gain = cell.rise_is_better ? cell.ours.mean : -cell.ours.mean;
    if (cell.ours.count == 0 || (ours != nullptr && gain <= top)) continue;
    ours = &table_.rows[row];
    top = gain;
  }
  return fmt::format("{}: best in the paper {}; ours {}.", head.name, head.best,
                     ours == nullptr ? "not run" : ours->method);
}

/// The study's own note, which stands before the colon of each run's scale note.
std::string scale_of(const RunSet& set, const std::vector<ComparedCell>& cells, bool own) {
  for (const RunGroup& group : set.groups) {
    if (own) break;  // whose note says what was assumed
    const std::string note = group.runs.front().text("scale_note");
    const auto colon = note.find(':');
    if (colon != std::string::npos) return note.substr(0, colon);
  }
  const bool small = std::any_of(cells.begin(), cells.end(), [](const ComparedCell& cell) {
    return cell.reasons.contains("scale") || cell.reasons.contains(kChanged);
  });
  return small ? "small-scale" : "";
}

}  // namespace

PaperComparison compare_with_paper(const PaperTable& paper, const RunSet& runs,
                                   const OwnSetting* own) {
  const PaperTable table = own == nullptr ? paper : in_own_setting(paper, *own);
  const CellComparison comparison(table, runs, own);
  PaperComparison result{.table = table};
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      result.cells.push_back(comparison.compare(row, column));
    }
  }
  result.changes = comparison.judge_signs(result.cells);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (!table.columns[column].best.empty()) result.best.push_back(comparison.best(column));
  }
  result.scale = scale_of(runs, result.cells, own != nullptr);
  return result;
}

}  // namespace rankwise::analysis

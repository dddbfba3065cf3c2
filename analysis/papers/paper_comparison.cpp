#include "analysis/papers/paper_comparison.h"

#include "analysis/runs/run_scores.h"
#include "analysis/runs/task_scores.h"

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

/// One of our runs with its scores by what columns call them: a task, task/metric, or average.
struct OurRun {
  const Run* run = nullptr;
  std::map<std::string, TaskScore> scores;
  std::size_t tasks = 0;
};

using OurRuns = std::map<std::string, std::vector<OurRun>>;  // by label

OurRuns read_ours(const PaperTable& table, const RunSet& set) {
  OurRuns ours;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      OurRun one{&run, task_scores(run.file()), 0};
      one.tasks = one.scores.size();
      if (const auto mean = average_score(one.scores)) one.scores[kAverage] = *mean;
      for (const PaperColumn& column : table.columns) {
        if (!names_metric(column.ours)) continue;
        const auto score = score_of(run.file(), task_metric(column.ours));
        if (score) one.scores[column.ours] = *score;
      }
      ours[group.label].push_back(std::move(one));
    }
  }
  return ours;
}

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

class Comparison {
 public:
  Comparison(const PaperTable& table, const RunSet& runs)
      : table_(table), ours_(read_ours(table, runs)) {}

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
    const std::string& task = head(cell).ours;
    std::vector<double> values, changes;
    for (const OurRun& run : runs_of(row(cell).label)) {
      const auto score = run.scores.find(task);
      if (score == run.scores.end()) continue;
      cell.rise_is_better = score->second.higher_is_better;
      cell.reasons.merge(reasons_of(table_, row(cell), head(cell), run));
      values.push_back(score->second.value);
      if (const auto other = reference_score(cell, run)) changes.push_back(values.back() - *other);
    }
    cell.ours = mean_std(row(cell).is_difference() ? changes : values);
    cell.our_change = paired_t_test(changes);
  }

  /// The reference's score with the same seed and protocol.
  std::optional<double> reference_score(const ComparedCell& cell, const OurRun& run) const {
    for (const OurRun& other : runs_of(row(cell).against)) {
      const auto score = other.scores.find(head(cell).ours);
      if (other.run->seed != run.run->seed || score == other.scores.end()) continue;
      if (other.run->protocol_hash == run.run->protocol_hash) return score->second.value;
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
      cell.verdict = has_sign(cell) ? PaperVerdict::kUndecided : PaperVerdict::kNotComparable;
    }
  }

  bool has_sign(const ComparedCell& cell) const {
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
      cell.verdict = PaperVerdict::kUndecided;
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
  OurRuns ours_;
};

std::size_t Comparison::judge_signs(std::vector<ComparedCell>& cells) const {
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

std::string Comparison::best(std::size_t column) const {
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
std::string scale_of(const RunSet& set, const std::vector<ComparedCell>& cells) {
  for (const RunGroup& group : set.groups) {
    const std::string note = group.runs.front().text("scale_note");
    const auto colon = note.find(':');
    if (colon != std::string::npos) return note.substr(0, colon);
  }
  const bool small = std::any_of(cells.begin(), cells.end(), [](const ComparedCell& cell) {
    return cell.reasons.contains("scale");
  });
  return small ? "small-scale" : "";
}

}  // namespace

PaperComparison compare_with_paper(const PaperTable& table, const RunSet& runs) {
  const Comparison comparison(table, runs);
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
  result.scale = scale_of(runs, result.cells);
  return result;
}

}  // namespace rankwise::analysis

#include "analysis/report/page_tables.h"

#include "analysis/compare/best_rows.h"
#include "analysis/papers/paper_beside.h"
#include "analysis/runs/studies.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace rankwise::analysis {
namespace {

bool is_dash(const Cell& cell) { return cell.text.empty() || cell.text == "–"; }

/// Without rows that have nothing but their name, which are named in a footer.
Table without_empty_rows(Table table) {
  std::vector<std::string> names;
  std::erase_if(table.rows, [&](const std::vector<Cell>& row) {
    // The second cell often counts seeds.
    const bool empty = row.size() > 2 && std::all_of(row.begin() + 2, row.end(), is_dash);
    if (empty) names.push_back(row.front().text);
    return empty;
  });
  check(!table.rows.empty(), "no row has a number");
  if (!names.empty()) {
    table.footers.push_back(fmt::format("Rows without a number: {}.", fmt::join(names, ", ")));
  }
  return table;
}

/// A table with its footers as notes that can be folded away.
PageData table_entry(const std::string& name, const std::string& summary, Table table) {
  PageData entry = named(name, "summary", in_sentence_case(summary));
  std::vector<PageData> notes;
  for (const std::string& footer : table.footers) notes.emplace_back(sentence_html(footer));
  table.footers.clear();
  table.caption.clear();
  entry["html"] = to_html(table);
  entry["has_notes"] = !notes.empty();
  entry["notes"] = list_of(notes);
  return entry;
}

struct WantedTable {
  StudyOutput output;
  std::string reference;
};

bool names_scores(const StudyFile& study) {
  return std::any_of(study.tables.begin(), study.tables.end(),
                     [](const StudyOutput& output) { return output.name == "scores"; });
}

/// The scores, then what the studies name, each once.
std::vector<WantedTable> wanted_tables(const ReportOptions& options) {
  std::vector<WantedTable> wanted;
  if (std::none_of(options.studies.begin(), options.studies.end(), names_scores)) {
    wanted.push_back({{"scores"}, ""});
  }
  for (const StudyFile& study : options.studies) {
    for (const StudyOutput& output : study.tables) {
      const bool known = std::any_of(wanted.begin(), wanted.end(), [&](const WantedTable& other) {
        return other.output.name == output.name && other.output.options == output.options;
      });
      if (!known) wanted.push_back({output, study.reference});
    }
  }
  return wanted;
}

/// The other tables; a grid says something only of axes that were chosen.
std::vector<WantedTable> other_tables(const std::vector<WantedTable>& wanted,
                                      const ReportOptions& options) {
  const std::string reference =
      options.studies.size() == 1 ? options.studies.front().reference : "";
  std::vector<WantedTable> others;
  for (const std::string& name : tables().names()) {
    const bool named_already =
        std::any_of(wanted.begin(), wanted.end(),
                    [&](const WantedTable& table) { return table.output.name == name; });
    if (!named_already && name != "grid") others.push_back({{name}, reference});
  }
  return others;
}

std::vector<PageData> make_tables(const RunSet& runs, const std::vector<WantedTable>& wanted,
                                  std::vector<PageData>& missing) {
  std::vector<PageData> made;
  for (const auto& [output, reference] : wanted) {
    try {
      const TableKind& kind = tables().find(output.name);
      Table table = kind.make(runs, with_reference(kind, output.options, reference));
      made.push_back(table_entry(output.name, kind.summary, without_empty_rows(std::move(table))));
    } catch (const Error& error) {
      missing.push_back(named(output.name, "why", error.what()));
    }
  }
  return made;
}

void set_list(const std::string& name, const std::vector<PageData>& items, PageData& page) {
  page["has_" + name] = !items.empty();
  page[name] = list_of(items);
}

/// The column in which rows are put in order; nothing where there are several tasks and no average.
const ScoreColumn* ordering_column(const std::vector<ScoreColumn>& columns) {
  for (const ScoreColumn& column : columns) {
    if (column.heading.starts_with(kAverage)) return &column;
  }
  return columns.size() == 1 ? &columns.front() : nullptr;
}

/// Rows with a score, the best first.
std::vector<std::size_t> best_first(const ScoreColumn& column) {
  std::vector<double> means;
  for (const CellRuns& cell : column.rows) means.push_back(mean_std(scores_of(cell)).mean);
  std::vector<std::size_t> rows(column.rows.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::erase_if(rows, [&](std::size_t row) { return column.rows[row].empty(); });
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return column.higher_is_better() ? means[a] > means[b] : means[a] < means[b];
  });
  return rows;
}

std::string verdict_on(const std::optional<BestRow>& best) {
  if (!best || !best->p) return "Whether the first is ahead of the second was not tested.";
  if (best->significant) {
    return fmt::format("The first is ahead of the second by more than chance (p (Holm) {:.3g}).",
                       *best->holm_p);
  }
  return fmt::format(
      "The first is not ahead of the second by more than chance explains (p (Holm) {:.3g}).",
      *best->holm_p);
}

}  // namespace

void add_best_rows(const RunSet& runs, PageData& page) {
  constexpr std::size_t kShown = 5;
  try {
    const ScoredRuns scored = read_scores(runs, {});
    const std::vector<ScoreColumn> columns = score_columns(scored);
    const ScoreColumn* column = ordering_column(columns);
    if (column == nullptr) return;
    std::vector<std::size_t> rows = best_first(*column);
    if (rows.size() < 2) return;
    rows.resize(std::min(rows.size(), kShown));
    std::vector<PageData> items;
    for (const std::size_t row : rows) {
      items.push_back(
          named(runs.groups[row].label, "score",
                mean_cell(mean_std(scores_of(column->rows[row])), column->digits()).text));
    }
    page["best_column"] = column->heading;
    const auto best = find_best(columns, {});  // as the table of scores makes rows bold
    page["best_verdict"] = verdict_on(best[static_cast<std::size_t>(column - columns.data())]);
    set_list("best", items, page);
  } catch (const Error&) {
    page["has_best"] = false;  // the table of scores says why
  }
}

void add_tables(const RunSet& runs, const ReportOptions& options, PageData& page) {
  std::vector<PageData> missing;
  const std::vector<WantedTable> wanted = wanted_tables(options);
  set_list("tables", make_tables(runs, wanted, missing), page);
  set_list("more_tables", make_tables(runs, other_tables(wanted, options), missing), page);
  set_list("missing_tables", missing, page);
}

void add_papers(const RunSet& runs, PageData& page) {
  std::vector<PageData> papers, missing;
  for (const std::string& study : studies_of(runs)) {
    for (const PaperTable& table : paper_tables()) {
      if (table.study != study) continue;
      const RunSet part = part_of_study(runs, study);
      const std::optional<Table> beside = beside_paper(compare_with_paper(table, part));
      if (beside) {
        papers.push_back(table_entry(table.name, table.title, *beside));
      } else {
        missing.push_back(named(table.name, "title", table.title));
      }
    }
  }
  set_list("papers", papers, page);
  set_list("missing_papers", missing, page);
  page["has_paper_section"] = !papers.empty() || !missing.empty();
}

}  // namespace rankwise::analysis

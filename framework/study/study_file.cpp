#include "framework/study/study_file.h"

#include "framework/core/error.h"
#include "framework/core/glob.h"
#include "framework/core/json_file.h"
#include "framework/core/nearest.h"
#include "framework/core/options.h"
#include "framework/core/slug.h"
#include "framework/core/text.h"
#include "framework/study/study_rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct StudyMembers {
  std::string study;
  std::string reproduces;
  std::string note;
  std::vector<std::string> findings;
  std::string defaults_from, runs_from;
  std::vector<std::string> plugins;
  json defaults = json::object();
  std::vector<std::int64_t> seeds{0};
  std::vector<json> runs;
  std::vector<json> tables, figures;
  std::vector<std::string> papers;
  std::string setting;
  std::vector<std::string> merge, reuse;
  std::string reference;
  json row_notes = json::object();
  std::vector<std::string> first_metrics;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("study", self.study, "name of the study and of its results folder");
    field("reproduces", self.reproduces, "citation of the table or figure");
    field("note", self.note, "words on the scale, printed below tables");
    field(
        "findings", self.findings,
        "what was found, a sentence each; a report begins with them, and puts a cell of its tables "
        "in place of {table:row:column}");
    field("defaults_from", self.defaults_from,
          "another study, relative to this file: its defaults lie under these, and its seeds and "
          "note count where this file has none");
    field("runs_from", self.runs_from,
          "another study, relative to this file, whose runs are meant");
    field("plugins", self.plugins, "shared libraries with variants, relative to this file");
    field("defaults", self.defaults, "what all runs share");
    field("seeds", self.seeds, "seeds of every run that has none of its own", each(at_least(0)));
    field("runs", self.runs, "one object per row");
    field("tables", self.tables,
          "what `rankwise results` makes: names, or {name: options} as in {\"aggregate\": {}}");
    field("figures", self.figures, "likewise");
    field("papers", self.papers, "printed tables beside which its scores are put: more.table5");
    field(
        "setting", self.setting,
        "of a study in a paper's own setting: stated, or assumed where the paper's backbone, data "
        "or cells were not found, so that no verdict is given",
        one_of({"", StudyFile::kStated, StudyFile::kAssumed}));
    field("merge", self.merge, "rules by which its runs are merged afterwards: average, ties");
    field("reuse", self.reuse, "other studies that have runs of it: paper_flylora_table1");
    field("reference", self.reference, "label that ablations compare with");
    field("row_notes", self.row_notes,
          "what rows are, in words that stand below tables: {label: text}");
    field("first_metrics", self.first_metrics,
          "metrics that stand for a task in its column and in averages, instead of its first: "
          "reuters8/accuracy");
  }
};

json read_object(const fs::path& file) {
  json study = read_json(file);
  check(study.is_object(), "{}: {} is not an object", file.string(), study.dump());
  study.erase("$schema");  // for editors
  return study;
}

/// The other study that `member` names; null where it names none.
json named_study(const json& study, const char* member, const fs::path& file) {
  const auto name = study.find(member);
  if (name == study.end() || !name->is_string() || name->get<std::string>().empty()) return {};
  const auto other = file.parent_path() / name->get<std::string>();
  json found = read_object(other);
  check(!found.contains(member), "{}: {}: {} names another study in turn", file.string(), member,
        other.string());
  return found;
}

/// The file with what it takes from others.
json whole_study(const fs::path& file) {
  json study = read_object(file);
  const json base = named_study(study, "defaults_from", file);
  if (!base.is_null()) {
    study["defaults"] =
        merged(base.value("defaults", json::object()), study.value("defaults", json::object()));
    for (const char* member : {"seeds", "note"}) {
      if (!study.contains(member) && base.contains(member)) study[member] = base[member];
    }
  }
  const json other = named_study(study, "runs_from", file);
  if (!other.is_null()) {
    check(!study.contains("runs"), "{}: has both 'runs' and 'runs_from'", file.string());
    study["runs"] = other.value("runs", json::array());
    if (!study.contains("row_notes") && other.contains("row_notes")) {
      study["row_notes"] = other["row_notes"];
    }
    if (!study.contains("reproduces")) study["reproduces"] = other.value("reproduces", json(""));
  }
  return study;
}

void check_seeds(const std::vector<std::int64_t>& seeds, const std::string& place) {
  for (auto seed = seeds.begin(); seed != seeds.end(); ++seed) {
    check(*seed >= 0, "{}: {} is not zero or more", place, *seed);
    check(std::find(seeds.begin(), seed, *seed) == seed, "{}: {} is there twice", place, *seed);
  }
}

void check_name(const std::string& name, const fs::path& file) {
  check(!name.empty(), "{}: has no name under 'study'", file.string());
  check_printable(name, file.string() + ": study:");
  check(name != "." && name != ".." && name.find('/') == std::string::npos,
        "{}: study: '{}' would leave the results folder; a name without '/' is expected",
        file.string(), name);
}

StudyMembers read_members(const fs::path& file) {
  auto members = parse_options<StudyMembers>(whole_study(file), file.string() + ":");
  check_name(members.study, file);
  check(!members.runs.empty(), "{}: runs: there is none", file.string());
  check(!members.seeds.empty(), "{}: seeds: there is none", file.string());
  check_seeds(members.seeds, file.string() + ": seeds");
  return members;
}

/// Values of --sweep, with commas between: JSON, or texts where they are none.
json values_of(const std::string& text) {
  json list = json::parse("[" + text + "]", nullptr, /*allow_exceptions=*/false);
  if (!list.is_discarded()) return list;
  json texts = json::array();
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) texts.push_back(word);
  return texts;
}

/// The row with --sweep's lists among its own, in place of those of the same option. "options.rank"
/// and "rank" are one.
json with_sweeps(json run, const std::vector<std::string>& sweeps) {
  constexpr std::string_view kOptions = "options.";
  for (const std::string& text : sweeps) {
    const auto equals = text.find('=');
    check(equals != std::string::npos && equals > 0 && equals + 1 < text.size(),
          "--sweep {}: expected path=values, as in options.rank=1,2,4", text);
    std::string path = text.substr(0, equals);
    if (path.starts_with(kOptions)) path.erase(0, kOptions.size());
    json& own = run["sweep"];
    if (own.is_null()) own = json::object();
    if (own.is_object()) own[path] = values_of(text.substr(equals + 1));
  }
  return run;
}

std::vector<StudyOutput> outputs_of(const std::vector<json>& entries, const char* member,
                                    const fs::path& file) {
  std::vector<StudyOutput> outputs;
  for (const json& entry : entries) {
    const bool with_options = entry.is_object() && entry.size() == 1 && entry.front().is_object();
    check(entry.is_string() || with_options,
          "{}: {}: {} is neither a name nor an object of one name with its options", file.string(),
          member, entry.dump());
    if (entry.is_string()) {
      outputs.push_back({entry.get<std::string>()});
    } else {
      outputs.push_back({entry.begin().key(), entry.front()});
    }
  }
  return outputs;
}

std::vector<std::int64_t> seeds_of(const json& run, const std::vector<std::int64_t>& seeds,
                                   const std::string& place) {
  if (!run.contains("seed")) return seeds;
  if (!options::has_type<std::int64_t>(run["seed"])) {
    options::fail_type(place + ".seed", run["seed"], "an integer");
  }
  return {run["seed"]};
}

/// One value for all rows of a sweep would stand under labels that say otherwise.
void check_not_swept(const json& row, const std::string& path, const std::string& place) {
  constexpr std::string_view kOptions = "options.";
  const auto sweep = row.find("sweep");
  if (sweep == row.end() || !sweep->is_object()) return;
  const std::string option = path.starts_with(kOptions) ? path.substr(kOptions.size()) : path;
  for (const std::string& name : {path, option}) {
    check(!sweep->contains(name), "--set {}: {} varies it (sweep.{}); leave one of both out", path,
          place, name);
  }
}

std::vector<StudyRun> runs_of(const StudyMembers& members, const StudyOverrides& overrides,
                              const std::string& file) {
  std::vector<StudyRun> runs;
  std::int64_t row = 0;
  for (std::size_t i = 0; i < members.runs.size(); ++i) {
    const std::string place = fmt::format("{}: runs[{}]", file, i);
    check(members.runs[i].is_object(), "{}: {} is not an object", place, members.runs[i].dump());
    const json whole = with_sweeps(merged(members.defaults, members.runs[i]), overrides.sweep);
    for (const std::string& text : overrides.set) {
      check_not_swept(whole, parse_setting(text, "--set").first, place);
    }
    for (json run : expand_row(whole, place)) {
      for (const std::string& text : overrides.set) {
        const auto [path, value] = parse_setting(text, "--set");
        place_value(run, path, value, "--set " + text);
      }
      for (const std::int64_t seed : seeds_of(run, members.seeds, place)) {
        run["seed"] = seed;
        runs.push_back({run, label_of(run, place), place, row});
      }
      ++row;
    }
  }
  return runs;
}

/// In the order of the rows, each once.
std::vector<std::string> labels_of(const std::vector<StudyRun>& runs) {
  std::vector<std::string> labels;
  for (const StudyRun& run : runs) {
    if (labels.empty() || labels.back() != run.label) labels.push_back(run.label);
  }
  return labels;
}

/// Two rows must not share a label, nor the name that their labels give to files.
void check_labels(const std::vector<StudyRun>& runs, const std::string& file) {
  std::map<std::string, const StudyRun*> first_of;
  for (const StudyRun& run : runs) {
    const StudyRun& first = *first_of.emplace(slug(run.label), &run).first->second;
    check(first.row == run.row, "{}: two rows have the label '{}'{}; give each its own \"label\"",
          file, first.label,
          first.label == run.label ? "" : fmt::format(" ('{}' names the same files)", run.label));
  }
}

/// The notes in the order of their rows. Throws Error for a label that no row has, unless the
/// command line gave rows other labels.
std::vector<std::pair<std::string, std::string>> row_notes_of(const json& notes,
                                                              const std::vector<StudyRun>& runs,
                                                              const StudyOverrides& overrides,
                                                              const std::string& file) {
  const bool own_labels = overrides.sweep.empty() && overrides.set.empty();
  const std::vector<std::string> labels = labels_of(runs);
  for (const auto& [label, note] : notes.items()) {
    check(!own_labels || std::find(labels.begin(), labels.end(), label) != labels.end(),
          "{}: row_notes: no row is called '{}'{}", file, label, did_you_mean(label, labels));
    check(note.is_string(), "{}: row_notes: {}: {} is not a text", file, label, note.dump());
  }
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& label : labels) {
    if (notes.contains(label)) found.emplace_back(label, notes[label].get<std::string>());
  }
  return found;
}

/// The command line may give rows other labels, and merging gives models their own.
void check_reference(const StudyFile& study, const StudyOverrides& overrides) {
  const bool own_labels = overrides.sweep.empty() && overrides.set.empty();
  if (study.reference.empty() || !own_labels || !study.merge.empty()) return;
  const std::vector<std::string> labels = labels_of(study.runs);
  check(std::find(labels.begin(), labels.end(), study.reference) != labels.end(),
        "{}: reference: no row is called '{}'{}", study.path.string(), study.reference,
        did_you_mean(study.reference, labels));
}

bool wanted(const StudyRun& run, const std::string& pattern) {
  return same_name(pattern, {run.label}) || matches(pattern, run.label) ||
         matches(pattern, run.members.value("variant", ""));
}

/// Leaves the runs that --only names. Throws Error for a pattern that names none.
void keep_only(std::vector<StudyRun>& runs, const std::vector<std::string>& only,
               const std::string& file) {
  if (only.empty()) return;
  const std::vector<std::string> labels = labels_of(runs);
  for (const std::string& pattern : only) {
    check(std::any_of(runs.begin(), runs.end(),
                      [&](const StudyRun& run) { return wanted(run, pattern); }),
          "--only {}: no run of {} is called so{}; the labels are {}", pattern, file,
          did_you_mean(pattern, labels), fmt::join(labels, ", "));
  }
  std::erase_if(runs, [&](const StudyRun& run) {
    return std::none_of(only.begin(), only.end(),
                        [&](const std::string& pattern) { return wanted(run, pattern); });
  });
}

}  // namespace

std::pair<std::string, json> parse_setting(const std::string& text, const std::string& flag) {
  const auto equals = text.find('=');
  check(equals != std::string::npos && equals > 0,
        "{} {}: expected path=value, as in train.steps=100", flag, text);
  const std::string value = text.substr(equals + 1);
  const json parsed = json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_discarded()) check_integers(value, flag + " " + text);
  return {text.substr(0, equals), parsed.is_discarded() ? json(value) : parsed};
}

std::vector<OptionInfo> study_members() { return describe_options<StudyMembers>(); }

StudyFile read_study_file(const fs::path& file, const StudyOverrides& overrides) {
  StudyMembers members = read_members(file);
  if (!overrides.seeds.empty()) {
    members.seeds = overrides.seeds;
    check_seeds(members.seeds, "--seeds");
  }
  StudyFile study{.path = file,
                  .name = members.study,
                  .reproduces = members.reproduces,
                  .note = members.note,
                  .findings = members.findings,
                  .tables = outputs_of(members.tables, "tables", file),
                  .figures = outputs_of(members.figures, "figures", file),
                  .papers = members.papers,
                  .setting = members.setting,
                  .merge = members.merge,
                  .reuse = members.reuse,
                  .reference = members.reference,
                  .first_metrics = members.first_metrics,
                  .runs = runs_of(members, overrides, file.string())};
  for (const std::string& plugin : members.plugins) {
    study.plugins.push_back(fs::absolute(file.parent_path() / plugin).lexically_normal());
  }
  check_labels(study.runs, file.string());
  check_reference(study, overrides);
  study.row_notes = row_notes_of(members.row_notes, study.runs, overrides, file.string());
  keep_only(study.runs, overrides.only, file.string());
  return study;
}

}  // namespace rankwise

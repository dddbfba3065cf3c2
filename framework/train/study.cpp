#include "framework/train/study.h"

#include "framework/adapter/variant.h"
#include "framework/core/json_file.h"
#include "framework/model/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace rankwise {

namespace {

using nlohmann::json;

const std::vector<std::string> kRunSections{"variant",        "label",    "group",  "seed",
                                            "adapter_stream", "backbone", "data",   "train",
                                            "record",         "sites",    "options"};

struct StudyMembers {
  std::string study;
  std::string reproduces;
  std::string note;
  std::string defaults_from, runs_from;
  std::vector<std::string> plugins;
  json defaults = json::object();
  std::vector<std::int64_t> seeds{0};
  std::vector<json> runs;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("study", self.study, "name of the study and of its results folder");
    field("reproduces", self.reproduces, "citation of the table or figure");
    field("note", self.note, "words on the scale, printed below tables");
    field("defaults_from", self.defaults_from,
          "another study, relative to this file: its defaults lie under these, and its seeds and "
          "note count where this file has none");
    field("runs_from", self.runs_from,
          "another study, relative to this file, whose runs are meant");
    field("plugins", self.plugins, "shared libraries with variants, relative to this file");
    field("defaults", self.defaults, "what all runs share");
    field("seeds", self.seeds, "seeds of every run that has none of its own", each(not_negative()));
    field("runs", self.runs, "one object a row");
  }
};

// A run's options belong to its variant, so defaults may hold options only under the names of
// sections; a run's own members win.
json merged(const json& defaults, const json& run) {
  json result = defaults;
  result.merge_patch(run);
  return result;
}

json read_study_json(const std::filesystem::path& file) {
  json study = read_json(file);
  check(study.is_object(), "{}: {} is not an object", file.string(), study.dump());
  return study;
}

// The other study that `member` names; null where it names none.
json named_study(const json& study, const char* member, const std::filesystem::path& file) {
  const auto name = study.find(member);
  if (name == study.end() || !name->is_string() || name->get<std::string>().empty()) return {};
  const auto other = file.parent_path() / name->get<std::string>();
  json found = read_study_json(other);
  check(!found.contains(member), "{}: {}: {} names another study in turn", file.string(), member,
        other.string());
  return found;
}

// The file with what it takes from others.
json whole_study(const std::filesystem::path& file) {
  json study = read_study_json(file);
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
    if (!study.contains("reproduces")) study["reproduces"] = other.value("reproduces", json(""));
  }
  return study;
}

StudyMembers read_members(const std::filesystem::path& file) {
  auto members = parse_options<StudyMembers>(whole_study(file), file.string() + ":");
  check(!members.study.empty(), "{}: has no name under 'study'", file.string());
  check(!members.runs.empty(), "{}: runs: there is none", file.string());
  check(!members.seeds.empty(), "{}: seeds: there is none", file.string());
  for (auto seed = members.seeds.begin(); seed != members.seeds.end(); ++seed) {
    check(std::find(members.seeds.begin(), seed, *seed) == seed, "{}: seeds: {} is there twice",
          file.string(), *seed);
  }
  return members;
}

// "train.steps" below the run, "rank" below the run's options.
json::json_pointer pointer(const std::string& dotted) {
  const std::string first = dotted.substr(0, dotted.find('.'));
  const bool section =
      std::find(kRunSections.begin(), kRunSections.end(), first) != kRunSections.end();
  std::string path = section ? "/" + dotted : "/options/" + dotted;
  std::replace(path.begin(), path.end(), '.', '/');
  return json::json_pointer(path);
}

// Puts `value` at `dotted` below `run`, making objects on the way. `where` names the place in
// messages.
void place(json& run, const std::string& dotted, const json& value, const std::string& where) {
  try {
    run[pointer(dotted)] = value;
  } catch (const json::exception&) {
    fail("{}: '{}' lies below a value that is no object", where, dotted);
  }
}

std::string short_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && value.size() == 1) return short_text(value[0]);
  return value.dump();
}

// Puts one value of a sweep into the run, and into its label.
void vary(json& run, const std::string& key, const json& value, const std::string& where) {
  place(run, key, value, where);
  run["label"] = run["label"].get<std::string>() + fmt::format(" {}={}", key, short_text(value));
}

// The lists of values below `member`; none where the run has no such member.
json lists_of(const json& run, const char* member, const std::string& path) {
  json lists = run.value(member, json::object());
  check(lists.is_object(), "{}.{}: {} is not an object of lists", path, member, lists.dump());
  for (const auto& [key, values] : lists.items()) {
    check(values.is_array() && !values.empty(), "{}.{}.{}: {} is not a list of values", path,
          member, key, values.dump());
  }
  return lists;
}

// "sweep": every combination of its values, in the order they are written.
std::vector<json> swept(const json& base, const json& sweep, const std::string& path) {
  std::vector<json> expanded{base};
  for (const auto& [key, values] : sweep.items()) {
    std::vector<json> next;
    for (const json& partial : expanded) {
      for (const json& value : values) {
        next.push_back(partial);
        vary(next.back(), key, value, path + ".sweep");
      }
    }
    expanded = std::move(next);
  }
  return expanded;
}

// "zip": the first values of its lists together, then the second ones, and so on.
std::vector<json> zipped(const json& base, const json& lists, const std::string& path) {
  if (lists.empty()) return {base};
  const std::size_t length = lists.front().size();
  std::vector<json> expanded(length, base);
  for (const auto& [key, values] : lists.items()) {
    check(values.size() == length, "{}.zip.{}: has {} values, and {} has {}", path, key,
          values.size(), lists.begin().key(), length);
    for (std::size_t i = 0; i < length; ++i) vary(expanded[i], key, values[i], path + ".zip");
  }
  return expanded;
}

// The runs that one row stands for: each is of the row's group, and named by what it varies.
std::vector<json> expand_row(const json& run, const std::string& path) {
  const json sweep = lists_of(run, "sweep", path);
  const json lists = lists_of(run, "zip", path);
  json base = run;
  base.erase("sweep");
  base.erase("zip");
  if (sweep.empty() && lists.empty()) return {base};
  for (const char* key : {"variant", "label", "group"}) {
    check(!base.contains(key) || base[key].is_string(), "{}.{}: {} is not a string", path, key,
          base.value(key, json()).dump());
  }
  if (!base.contains("label")) base["label"] = base.value("variant", "");
  if (!base.contains("group")) base["group"] = base["label"];
  std::vector<json> expanded;
  for (const json& partial : swept(base, sweep, path)) {
    for (json& one : zipped(partial, lists, path)) expanded.push_back(std::move(one));
  }
  return expanded;
}

json parse_value(const std::string& text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? json(text) : value;
}

void apply_sets(json& run, const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const auto equals = set.find('=');
    check(equals != std::string::npos && equals > 0,
          "--set {}: expected path=value, as in train.steps=100", set);
    place(run, set.substr(0, equals), parse_value(set.substr(equals + 1)), "--set " + set);
  }
}

std::vector<std::int64_t> seeds_of(const json& run, const std::vector<std::int64_t>& seeds,
                                   const std::string& path) {
  if (!run.contains("seed")) return seeds;
  if (!options::has_type<std::int64_t>(run["seed"])) {
    options::fail_type(path + ".seed", run["seed"], "an integer");
  }
  return {run["seed"]};
}

bool wanted(const RunConfig& run, const std::vector<std::string>& only) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& pattern) {
           return matches(pattern, run.label) || matches(pattern, run.variant);
         });
}

void check_only(const std::vector<RunConfig>& runs, const std::vector<std::string>& only,
                const std::filesystem::path& file) {
  std::vector<std::string> labels;
  for (const RunConfig& run : runs) {
    if (std::find(labels.begin(), labels.end(), run.label) == labels.end()) {
      labels.push_back(run.label);
    }
  }
  for (const std::string& pattern : only) {
    const bool hit = std::any_of(runs.begin(), runs.end(),
                                 [&](const RunConfig& run) { return wanted(run, {pattern}); });
    check(hit, "--only {}: no run of {} is called so; the labels are {}", pattern, file.string(),
          fmt::join(labels, ", "));
  }
}

// Two rows must not share a label, nor the name that their labels give to files.
void check_labels(const std::vector<RunConfig>& runs, const std::vector<std::int64_t>& order,
                  const std::filesystem::path& file) {
  std::map<std::string, std::size_t> first_of;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto [entry, fresh] = first_of.emplace(slug(runs[i].label), i);
    const std::string& first = runs[entry->second].label;
    check(fresh || order[entry->second] == order[i],
          "{}: two rows have the label '{}'{}; give each its own \"label\"", file.string(), first,
          first == runs[i].label ? "" : fmt::format(" ('{}' names the same files)", runs[i].label));
  }
}

}  // namespace

std::vector<std::string> study_plugins(const std::filesystem::path& file) {
  std::vector<std::string> libraries;
  for (const std::string& plugin : read_members(file).plugins) {
    libraries.push_back(std::filesystem::absolute(file.parent_path() / plugin).lexically_normal());
  }
  return libraries;
}

Study read_study(const std::filesystem::path& file, const StudyOverrides& overrides) {
  const StudyMembers members = read_members(file);
  Study study{members.study, members.reproduces, members.note, study_plugins(file), {}, {}};
  std::int64_t row = 0;
  for (std::size_t i = 0; i < members.runs.size(); ++i) {
    const std::string path = fmt::format("{}: runs[{}]", file.string(), i);
    check(members.runs[i].is_object(), "{}: {} is not an object", path, members.runs[i].dump());
    for (json run : expand_row(merged(members.defaults, members.runs[i]), path)) {
      apply_sets(run, overrides.set);
      for (const std::int64_t seed : seeds_of(run, members.seeds, path)) {
        run["seed"] = seed;
        study.runs.push_back(resolve_run(run, path));
        study.order.push_back(row);
      }
      ++row;
    }
  }
  check_labels(study.runs, study.order, file);
  check_only(study.runs, overrides.only, file);
  Study kept = study;
  kept.runs.clear();
  kept.order.clear();
  for (std::size_t i = 0; i < study.runs.size(); ++i) {
    if (!wanted(study.runs[i], overrides.only)) continue;
    kept.runs.push_back(study.runs[i]);
    kept.order.push_back(study.order[i]);
  }
  return kept;
}

}  // namespace rankwise

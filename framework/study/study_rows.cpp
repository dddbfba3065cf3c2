#include "framework/study/study_rows.h"

#include "framework/core/error.h"
#include "framework/core/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace rankwise {
namespace {

using nlohmann::json;

/// Members of a run that are not options of its variant.
bool is_section(const std::string& name) {
  static const std::vector<std::string> kSections{
      "variant", "label", "group",  "seed",  "adapter_seed", "adapter_stream", "backbone",
      "data",    "train", "record", "sites", "options",      "init_from",      "target_modules"};
  return std::find(kSections.begin(), kSections.end(), name) != kSections.end();
}

json::json_pointer pointer(const std::string& dotted) {
  const std::string first = dotted.substr(0, dotted.find('.'));
  std::string path = is_section(first) ? "/" + dotted : "/options/" + dotted;
  std::replace(path.begin(), path.end(), '.', '/');
  return json::json_pointer(path);
}

std::string short_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && value.size() == 1) return short_text(value[0]);
  return value.dump();
}

/// Puts one value of a sweep into the run, and into its label.
void vary(json& run, const std::string& key, const json& value, const std::string& where) {
  place_value(run, key, value, where);
  run["label"] = run["label"].get<std::string>() + fmt::format(" {}={}", key, short_text(value));
}

/// The lists of values below `member`; none where the run has no such member, or null.
json lists_of(const json& run, const char* member, const std::string& place) {
  json lists = run.value(member, json());
  if (lists.is_null()) return json::object();
  check(lists.is_object(), "{}.{}: {} is not an object of lists", place, member, lists.dump());
  for (const auto& [key, values] : lists.items()) {
    check(values.is_array() && !values.empty(), "{}.{}.{}: {} is not a list of values", place,
          member, key, values.dump());
  }
  return lists;
}

/// More than anybody trains; a sweep of ten lists of ten would fill the memory before it is seen.
constexpr std::size_t kMostRows = 100'000;

std::vector<json> swept(const json& base, const json& sweep, const std::string& place) {
  std::vector<json> expanded{base};
  for (const auto& [key, values] : sweep.items()) {
    check(expanded.size() * values.size() <= kMostRows,
          "{}.sweep: makes more than {} rows; sweep fewer values, or list the rows", place,
          kMostRows);
    std::vector<json> next;
    for (const json& partial : expanded) {
      for (const json& value : values) {
        next.push_back(partial);
        vary(next.back(), key, value, place + ".sweep");
      }
    }
    expanded = std::move(next);
  }
  return expanded;
}

/// Whether each of the values is another: such a list names the rows of a zip.
bool tells_apart(const json& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (values[i] == values[j]) return false;
    }
  }
  return true;
}

std::vector<json> zipped(const json& base, const json& lists, const std::string& place) {
  if (lists.empty()) return {base};
  const std::size_t length = lists.front().size();
  const bool one_does = std::any_of(lists.begin(), lists.end(), tells_apart);
  std::vector<json> expanded(length, base);
  for (const auto& [key, values] : lists.items()) {
    check(values.size() == length, "{}.zip.{}: has {} values, and {} has {}", place, key,
          values.size(), lists.begin().key(), length);
    const auto put = !one_does || tells_apart(values) ? vary : place_value;
    for (std::size_t i = 0; i < length; ++i) put(expanded[i], key, values[i], place + ".zip");
  }
  return expanded;
}

}  // namespace

json merged(const json& base, const json& changes) {
  if (!base.is_object() || !changes.is_object()) return changes;
  json result = base;
  for (const auto& [key, value] : changes.items()) {
    result[key] = result.contains(key) ? merged(result[key], value) : value;
  }
  return result;
}

void place_value(json& run, const std::string& dotted, const json& value,
                 const std::string& where) {
  try {
    run[pointer(dotted)] = value;
  } catch (const json::exception&) {
    fail("{}: '{}' lies below a value that is no object", where, dotted);
  }
}

std::string label_of(const json& run, const std::string& place) {
  for (const char* key : {"variant", "label", "group"}) {
    check(!run.contains(key) || run[key].is_string(), "{}.{}: {} is not a string", place, key,
          run.value(key, json()).dump());
  }
  const std::string label = run.value("label", "");
  check_printable(label, place + ".label:");
  check(label.empty() || label.find_first_not_of(' ') != std::string::npos,
        "{}.label: is blank; name the row, or leave the label out", place);
  return label.empty() ? run.value("variant", "") : label;
}

std::vector<json> expand_row(const json& run, const std::string& place) {
  const json sweep = lists_of(run, "sweep", place);
  const json lists = lists_of(run, "zip", place);
  json base = run;
  base.erase("sweep");
  base.erase("zip");
  const std::string label = label_of(base, place);
  if (sweep.empty() && lists.empty()) return {base};
  base["label"] = label;
  if (!base.contains("group")) base["group"] = label;
  std::vector<json> expanded;
  for (const json& partial : swept(base, sweep, place)) {
    for (json& one : zipped(partial, lists, place)) expanded.push_back(std::move(one));
  }
  return expanded;
}

}  // namespace rankwise

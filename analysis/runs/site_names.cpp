#include "analysis/runs/site_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace rankwise::analysis {
namespace {

bool is_number(const std::string& part) {
  return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
}

/// Its numbers, then one, two, ... and at last all of the parts that follow them: "0 dense",
/// "0 output.dense".
std::vector<std::string> short_forms(const std::string& name) {
  std::vector<std::string> parts;
  std::string numbers;
  std::istringstream stream(name);
  for (std::string part; std::getline(stream, part, '.');) {
    if (is_number(part)) {
      numbers += numbers.empty() ? part : "." + part;
      parts.clear();
    } else {
      parts.push_back(part);
    }
  }
  std::vector<std::string> forms;
  for (auto first = parts.end(); first != parts.begin();) {
    --first;
    const std::string tail = fmt::format("{}", fmt::join(first, parts.end(), "."));
    forms.push_back(numbers.empty() ? tail : fmt::format("{} {}", numbers, tail));
  }
  return forms;
}

}  // namespace

std::vector<std::string> short_site_names(const std::vector<std::string>& names) {
  std::map<std::string, int> uses, full_uses;
  for (const std::string& name : names) {
    const std::vector<std::string> forms = short_forms(name);
    for (const std::string& form : forms) ++uses[form];
    if (!forms.empty()) ++full_uses[forms.back()];
  }
  std::vector<std::string> result;
  for (const std::string& name : names) {
    const std::vector<std::string> forms = short_forms(name);
    const auto unique = std::find_if(forms.begin(), forms.end(),
                                     [&](const std::string& form) { return uses[form] == 1; });
    if (unique != forms.end()) {
      result.push_back(*unique);
    } else if (!forms.empty() && full_uses[forms.back()] == 1) {
      result.push_back(forms.back());  // "0 output.dense" beside "0 attention.output.dense"
    } else {
      result.push_back(name);
    }
  }
  return result;
}

std::vector<std::string> site_layers(const std::vector<std::string>& names) {
  std::vector<std::string> layers, places;
  for (const std::string& name : names) {
    places.push_back(std::to_string(places.size()));
    std::istringstream stream(name);
    for (std::string part; std::getline(stream, part, '.');) {
      if (!is_number(part)) continue;
      layers.push_back(part);
      break;
    }
  }
  return layers.size() == names.size() ? layers : places;
}

}  // namespace rankwise::analysis

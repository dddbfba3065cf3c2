#include "framework/io/json_attributes.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_file.h"

#include <set>
#include <variant>

namespace rankwise {
namespace {

using nlohmann::json;

constexpr const char* kJsonNames = "json";  // the attribute that lists those of JSON text

bool is_plain(const json& value) {
  return value.is_string() || value.is_boolean() || value.is_number();
}

hdf5::Attribute plain(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    return value.get<std::uint64_t>();
  }
  return value.get<std::int64_t>();
}

std::set<std::string> json_names(const hdf5::File& file, const std::string& object) {
  if (!file.has_attribute(object, kJsonNames)) return {};
  const auto text = file.attribute<std::string>(object, kJsonNames);
  try {
    return parse_json(text, file.name() + ": @" + kJsonNames).get<std::set<std::string>>();
  } catch (const json::exception&) {
    fail("{}: @{} is '{}', expected a JSON list of names", file.name(), kJsonNames, text);
  }
}

}  // namespace

void write_json_attributes(hdf5::File& file, const std::string& object, const json& attributes) {
  check(attributes.is_object(), "{}: attributes must be a JSON object", file.name());
  std::set<std::string> nested = json_names(file, object);
  for (const auto& [name, value] : attributes.items()) {
    check(!name.empty() && name != kJsonNames, "{}: an attribute cannot be called '{}'",
          file.name(), name);
    if (is_plain(value)) {
      nested.erase(name);
      file.set_attribute(object, name, plain(value));
    } else {
      nested.insert(name);
      file.set_attribute(object, name, value.dump(-1, ' ', false, json::error_handler_t::replace));
    }
  }
  file.set_attribute(object, kJsonNames, json(nested).dump());
}

json read_json_attributes(const hdf5::File& file, const std::string& object) {
  json attributes = json::object();
  for (const auto& [name, held] : file.attributes(object)) {
    json& attribute = attributes[name];
    std::visit([&](const auto& value) { attribute = value; }, held);
  }
  try {
    for (const std::string& name : json_names(file, object)) {
      json& value = attributes.at(name);
      value = parse_json(value.get<std::string>(), fmt::format("{}: @{}", file.name(), name));
    }
  } catch (const json::exception&) {
    fail("{}: the attributes listed in @{} are not JSON text", file.name(), kJsonNames);
  }
  attributes.erase(kJsonNames);
  return attributes;
}

}  // namespace rankwise

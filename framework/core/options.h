/// Options: a struct whose one `visit` names each field, its help and its rule. Parsing, checking,
/// printing, documentation and the config hash are all made from that visit.
///
///     struct LoraOptions {
///       std::int64_t rank = 8;
///       template <class Self, class Visitor>
///       static void visit(Self& self, Visitor&& field) {
///         field("rank", self.rank, "columns of B and rows of A", positive());
///       }
///     };
#pragma once

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/rule.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace rankwise {

/// One documented option.
struct OptionInfo {
  std::string name;           // "train.steps" for a nested field
  std::string type;           // "integer"
  std::string default_value;  // as JSON
  std::string expectation;    // from its rule
  std::string help;
};

namespace options {

struct AnyField {
  template <class... Arguments>
  void operator()(Arguments&&...) const {}
};

template <class T>
concept Visitable = std::is_class_v<T> && requires(T& value) {
  T::visit(value, AnyField{});
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
std::string type_name() {
  if constexpr (std::is_same_v<T, bool>)
    return "true or false";
  else if constexpr (std::is_integral_v<T>)
    return "an integer";
  else if constexpr (std::is_floating_point_v<T>)
    return "a number";
  else if constexpr (std::is_same_v<T, std::string>)
    return "a string";
  else if constexpr (IsOptional<T>::value)
    return type_name<typename T::value_type>() + " or null";
  else if constexpr (IsVector<T>::value)
    return "a list, each " + type_name<typename T::value_type>();
  else
    return "an object";
}

template <class T>
bool has_type(const nlohmann::json& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value.is_boolean();
  } else if constexpr (std::is_integral_v<T>) {
    static_assert(std::is_same_v<T, std::int64_t>, "options hold 64 bits with a sign");
    // JSON keeps what lies above 2^63 as unsigned; a cast would wrap it.
    if (!value.is_number_unsigned()) return value.is_number_integer();
    return value.get<std::uint64_t>() <= std::numeric_limits<T>::max();
  } else if constexpr (std::is_floating_point_v<T>) {
    return value.is_number();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.is_string();
  } else if constexpr (IsOptional<T>::value) {
    return value.is_null() || has_type<typename T::value_type>(value);
  } else if constexpr (IsVector<T>::value) {
    if (!value.is_array()) return false;
    for (const auto& element : value) {
      if (!has_type<typename T::value_type>(element)) return false;
    }
    return true;
  } else {
    return value.is_object();
  }
}

/// JSON of one value; a nested struct becomes an object with every field.
template <class T>
nlohmann::json to_json(const T& value);

struct Printer {
  nlohmann::json& object;
  template <class T>
  void operator()(const char* name, const T& value, const char*, const Rule& = any()) const {
    object[name] = to_json(value);
  }
};

template <class T>
nlohmann::json to_json(const T& value) {
  if constexpr (Visitable<T>) {
    nlohmann::json object = nlohmann::json::object();
    T::visit(value, Printer{object});
    return object;
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : nlohmann::json(nullptr);
  } else {
    return nlohmann::json(value);
  }
}

/// Throws Error: an unknown key `key` at `path`, with the known keys of `known`.
[[noreturn]] void fail_unknown_key(const std::string& path, const std::string& key,
                                   const nlohmann::json& known);
/// Throws Error: `value` at `path` has another type than `type`.
[[noreturn]] void fail_type(const std::string& path, const nlohmann::json& value,
                            const std::string& type);
/// Throws Error unless `rule` holds for `value`; null (an unset option) always passes.
void check_rule(const std::string& path, const nlohmann::json& value, const Rule& rule);
std::string join_path(const std::string& path, const std::string& key);

template <class T>
void parse_into(T& target, const nlohmann::json& value, const std::string& path);

struct Parser {
  const nlohmann::json& object;
  const std::string& path;

  template <class T>
  void operator()(const char* name, T& target, const char*, const Rule& rule = any()) const {
    const auto found = object.find(name);
    if (found == object.end()) return;
    const std::string here = join_path(path, name);
    parse_into(target, *found, here);
    if constexpr (!Visitable<T>) check_rule(here, *found, rule);
  }
};

template <class T>
void parse_into(T& target, const nlohmann::json& value, const std::string& path) {
  if (!has_type<T>(value)) fail_type(path, value, type_name<T>());
  if constexpr (Visitable<T>) {
    const nlohmann::json known = to_json(target);
    for (const auto& [key, ignored] : value.items()) {
      if (!known.contains(key)) fail_unknown_key(path, key, known);
    }
    T::visit(target, Parser{value, path});
  } else if constexpr (IsOptional<T>::value) {
    if (value.is_null()) {
      target.reset();
    } else {
      target = value.get<typename T::value_type>();
    }
  } else {
    target = value.get<T>();
  }
}

template <class T>
void describe_into(const T& defaults, const std::string& path, std::vector<OptionInfo>& infos);

struct Describer {
  const std::string& path;
  std::vector<OptionInfo>& infos;

  template <class T>
  void operator()(const char* name, const T& value, const char* help,
                  const Rule& rule = any()) const {
    const std::string here = join_path(path, name);
    if constexpr (Visitable<T>) {
      describe_into(value, here, infos);
    } else {
      infos.push_back({here, type_name<T>(), to_json(value).dump(), rule.expectation, help});
    }
  }
};

template <class T>
void describe_into(const T& defaults, const std::string& path, std::vector<OptionInfo>& infos) {
  T::visit(defaults, Describer{path, infos});
}

}  // namespace options

/// The defaults overridden by `value`. `path` names the place in messages:
/// "configs/x.json: runs[2].options". Throws Error for an unknown key, a wrong type, or a value
/// that its rule refuses.
template <options::Visitable T>
T parse_options(const nlohmann::json& value, const std::string& path, T defaults) {
  options::parse_into(defaults, value, path);
  return defaults;
}
template <options::Visitable T>
T parse_options(const nlohmann::json& value, const std::string& path) {
  T parsed;
  options::parse_into(parsed, value, path);
  return parsed;
}

/// Every field with its value, defaults included.
template <options::Visitable T>
nlohmann::json options_to_json(const T& value) {
  return options::to_json(value);
}

/// Every field with its default, type, rule and help, nested ones with dotted names.
template <options::Visitable T>
std::vector<OptionInfo> describe_options(const T& defaults = {}) {
  std::vector<OptionInfo> infos;
  options::describe_into(defaults, "", infos);
  return infos;
}

}  // namespace rankwise

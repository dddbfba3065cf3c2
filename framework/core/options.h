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
///
/// A choice is an enum whose values get their names in the visit:
///
///     field("gate", self.gate, "how scores become gates",
///           {{Gating::kSigmoid, "sigmoid"}, {Gating::kSoftmax, "softmax"}});
///
/// An option that got another name is renamed("now", "before"): the old one is still read. What
/// PEFT or the Trainer of Transformers call another name is also_called("clip", "max_grad_norm").
#pragma once

#include "framework/core/constraint.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/option_name.h"

#include <concepts>
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
  std::vector<std::string> aliases;         // older names that are still read
  std::vector<std::string> elsewhere = {};  // of other libraries, read as well
  Limits limits = {};                       // what its rule says, for programs
};

namespace options {

/// The argument of a field that names the values of the enum E; braces alone may stand for it.
template <class E>
using NamesOf = std::type_identity_t<Names<E>>;

template <class T>
concept Enum = std::is_enum_v<T>;
template <class T>
concept Plain = !std::is_enum_v<T>;

struct AnyField {
  template <class... Arguments>
  void operator()(Arguments&&...) const {}
  template <Enum E>
  void operator()(const OptionName&, const E&, const char*, const NamesOf<E>&) const {}
};

template <class T>
concept Visitable = std::is_class_v<T> && requires(T& value) {
  T::visit(value, AnyField{});
};

/// A type that writes itself in JSON its own way: "10 min", or a flag that became a word.
template <class T>
concept Spelled = requires(const T& value, const nlohmann::json& json) {
  { T::spelling() } -> std::convertible_to<std::string>;     // completes "0 is not ..."
  { T::from_json(json) } -> std::same_as<std::optional<T>>;  // nothing: the JSON spells no T
  { value.to_json() } -> std::same_as<nlohmann::json>;
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
  else if constexpr (std::is_same_v<T, std::string> || Enum<T>)
    return "a string";
  else if constexpr (IsOptional<T>::value)
    return type_name<typename T::value_type>() + " or null";
  else if constexpr (std::is_same_v<T, std::vector<nlohmann::json>>)
    return "a list";
  else if constexpr (IsVector<T>::value)
    return "a list, each " + type_name<typename T::value_type>();
  else if constexpr (Spelled<T>)
    return T::spelling();
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
  } else if constexpr (std::is_same_v<T, std::string> || Enum<T>) {
    return value.is_string();
  } else if constexpr (IsOptional<T>::value) {
    return value.is_null() || has_type<typename T::value_type>(value);
  } else if constexpr (IsVector<T>::value) {
    if (!value.is_array()) return false;
    // JSON elements may be anything: their reader judges them.
    if constexpr (std::is_same_v<typename T::value_type, nlohmann::json>) return true;
    for (const auto& element : value) {
      if (!has_type<typename T::value_type>(element)) return false;
    }
    return true;
  } else if constexpr (Spelled<T>) {
    return T::from_json(value).has_value();
  } else {
    return value.is_object();
  }
}

/// JSON of one value; a nested struct becomes an object with every field.
template <class T>
nlohmann::json to_json(const T& value);

struct Printer {
  nlohmann::json& object;
  template <Plain T>
  void operator()(const OptionName& name, const T& value, const char*,
                  const Constraint& = any()) const {
    object[name.now] = to_json(value);
  }
  template <Enum E>
  void operator()(const OptionName& name, const E& value, const char*,
                  const NamesOf<E>& names) const {
    object[name.now] = names.of(value);
  }
};

template <class T>
nlohmann::json to_json(const T& value) {
  static_assert(!Enum<T>, "an enum stands in a field of its own, with the names of its values");
  if constexpr (Visitable<T>) {
    nlohmann::json object = nlohmann::json::object();
    T::visit(value, Printer{object});
    return object;
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : nlohmann::json(nullptr);
  } else if constexpr (Spelled<T>) {
    return value.to_json();
  } else {
    return nlohmann::json(value);
  }
}

/// Throws Error for a key of `object` that is none of the names of an option, and for an option
/// that is given by two of its names.
void check_keys(const std::string& path, const nlohmann::json& object,
                const std::vector<OptionName>& known);
/// Throws Error: `value` at `path` has another type than `type`.
[[noreturn]] void fail_type(const std::string& path, const nlohmann::json& value,
                            const std::string& type);
/// Throws Error unless `rule` holds for `value`; null (an unset option) always passes.
void check_constraint(const std::string& path, const nlohmann::json& value, const Constraint& rule);
std::string join_path(const std::string& path, const std::string& key);

template <class T>
void parse_into(T& target, const nlohmann::json& value, const std::string& path);

struct NameCollector {
  std::vector<OptionName>& collected;
  template <Plain T>
  void operator()(const OptionName& name, const T&, const char*, const Constraint& = any()) const {
    collected.push_back(name);
  }
  template <Enum E>
  void operator()(const OptionName& name, const E&, const char*, const NamesOf<E>&) const {
    collected.push_back(name);
  }
};

struct Parser {
  const nlohmann::json& object;
  const std::string& path;

  template <Plain T>
  void operator()(const OptionName& name, T& target, const char*,
                  const Constraint& rule = any()) const {
    const std::string key = name.in(object);
    if (key.empty()) return;
    const std::string here = join_path(path, key);
    parse_into(target, object[key], here);
    if constexpr (!Visitable<T>) check_constraint(here, object[key], rule);
  }
  template <Enum E>
  void operator()(const OptionName& name, E& target, const char*, const NamesOf<E>& names) const {
    const std::string key = name.in(object);
    if (key.empty()) return;
    const std::string here = join_path(path, key);
    if (!has_type<E>(object[key])) fail_type(here, object[key], type_name<E>());
    check_constraint(here, object[key], names.rule());
    target = names.value(object[key].template get<std::string>());
  }
};

template <class T>
void parse_into(T& target, const nlohmann::json& value, const std::string& path) {
  if (!has_type<T>(value)) fail_type(path, value, type_name<T>());
  if constexpr (Visitable<T>) {
    std::vector<OptionName> known;
    T::visit(target, NameCollector{known});
    check_keys(path, value, known);
    T::visit(target, Parser{value, path});
  } else if constexpr (IsOptional<T>::value) {
    if (value.is_null()) {
      target.reset();
    } else {
      target = value.get<typename T::value_type>();
    }
  } else if constexpr (Spelled<T>) {
    target = *T::from_json(value);
  } else {
    target = value.get<T>();
  }
}

template <class T>
void describe_into(const T& defaults, const std::string& path, std::vector<OptionInfo>& infos);

struct Describer {
  const std::string& path;
  std::vector<OptionInfo>& infos;

  template <Plain T>
  void operator()(const OptionName& name, const T& value, const char* help,
                  const Constraint& rule = any()) const {
    const std::string here = join_path(path, name.now);
    if constexpr (Visitable<T>) {
      describe_into(value, here, infos);
    } else {
      infos.push_back({here, type_name<T>(), to_json(value).dump(), rule.expectation, help,
                       name.before, name.elsewhere, rule.limits});
    }
  }
  template <Enum E>
  void operator()(const OptionName& name, const E& value, const char* help,
                  const NamesOf<E>& names) const {
    infos.push_back({join_path(path, name.now), type_name<E>(),
                     nlohmann::json(names.of(value)).dump(), names.rule().expectation, help,
                     name.before, name.elsewhere, names.rule().limits});
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

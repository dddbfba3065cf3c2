/// Things looked up by name: variants, backbones, suites, metrics, samplers, figures.
#pragma once

#include "framework/core/error.h"
#include "framework/core/nearest.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rankwise {

/// Names to items of one kind. An unknown name lists the known ones; a second one is refused.
template <class T>
class Registry {
 public:
  /// `kind` and `kinds` name the items in messages: "variant", "variants".
  Registry(std::string kind, std::string kinds)
      : kind_(std::move(kind)), kinds_(std::move(kinds)) {}

  /// Throws Error when the name is taken.
  void add(const std::string& name, T item) {
    check(items_.emplace(name, std::move(item)).second, "{} '{}' is registered twice", kind_, name);
  }

  /// Throws Error that lists the known names, and says which is near.
  const T& find(std::string_view name) const {
    const auto found = items_.find(name);
    if (found == items_.end()) fail_unknown(kind_, kinds_, name, names());
    return found->second;
  }

  /// The name that is meant, capitals and `-`, `_` forgiven where one name alone is meant; `name`
  /// itself where none is.
  std::string name_of(std::string_view name) const {
    return same_name(name, names()).value_or(std::string(name));
  }

  bool contains(std::string_view name) const { return items_.find(name) != items_.end(); }

  /// In alphabetical order.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(items_.size());
    for (const auto& [name, item] : items_) names.push_back(name);
    return names;
  }

 private:
  std::string kind_, kinds_;
  std::map<std::string, T, std::less<>> items_;
};

}  // namespace rankwise

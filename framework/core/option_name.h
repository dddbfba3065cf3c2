/// What options are called: the name of an option with its older ones, and the names of the values
/// of an enum.
#pragma once

#include "framework/core/constraint.h"
#include "framework/core/error.h"

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// The name of an option, with those it had before and those that other libraries give it. All are
/// read; `now` is recorded.
struct OptionName {
  OptionName(const char* name) : now(name) {}  // implicit: most options have one name
  OptionName(std::string name, std::vector<std::string> older)
      : now(std::move(name)), before(std::move(older)) {}

  /// Which of the names stands in `object`; empty: none.
  std::string in(const nlohmann::json& object) const;

  std::string now;
  std::vector<std::string> before;
  std::vector<std::string> elsewhere = {};
};

/// renamed("now", "before", "long before")
template <class... Older>
OptionName renamed(std::string now, Older&&... before) {
  return {std::move(now), {std::string(std::forward<Older>(before))...}};
}

/// also_called("clip", "max_grad_norm"): names that PEFT and the Trainer of Transformers give to
/// what means the same.
template <class... Others>
OptionName also_called(std::string now, Others&&... others) {
  OptionName name{std::move(now), {}};
  name.elsewhere = {std::string(std::forward<Others>(others))...};
  return name;
}

/// The names of an enum's values, in the order that messages and documentation list them.
template <class E>
class Names {
 public:
  Names(std::initializer_list<std::pair<E, const char*>> pairs)
      : pairs_(pairs.begin(), pairs.end()) {}

  /// Throws Error for a value without a name.
  std::string of(E value) const {
    for (const auto& [known, name] : pairs_) {
      if (known == value) return name;
    }
    fail("a value without a name, expected {}", rule().expectation);
  }
  /// Throws Error that lists the names.
  E value(const std::string& name) const {
    for (const auto& [known, its_name] : pairs_) {
      if (name == its_name) return known;
    }
    fail("'{}' is not {}", name, rule().expectation);
  }
  Constraint rule() const {
    std::vector<std::string> all;
    for (const auto& [known, name] : pairs_) all.emplace_back(name);
    return one_of(all);
  }

 private:
  std::vector<std::pair<E, const char*>> pairs_;
};

}  // namespace rankwise

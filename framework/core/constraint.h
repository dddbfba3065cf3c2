/// What an option's value must satisfy, with the words that an error and the documentation use.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// What a rule says of numbers and texts, for programs that check by themselves; of a list: of each
/// element.
struct Limits {
  std::optional<double> low = {}, high = {};  // allowed themselves unless open
  bool low_is_open = false, high_is_open = false;
  std::vector<std::string> choices = {};
};

/// A condition on a value; `expectation` completes "0 is not ..." and "must be ...".
struct Constraint {
  std::string expectation;                           // empty: anything goes
  std::function<bool(const nlohmann::json&)> holds;  // called with the value's own type
  Limits limits = {};
};

Constraint any();
Constraint positive();
Constraint not_negative();
Constraint at_least(double low);
Constraint between(double low, double high);         // both ends allowed
Constraint at_least_below(double low, double high);  // `low` allowed, `high` not
Constraint one_of(const std::vector<std::string>& choices);
/// Every element of a list satisfies `rule`.
Constraint each(const Constraint& rule);

}  // namespace rankwise

/// What an option's value must satisfy, with the words that an error and the documentation use.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <vector>

namespace rankwise {

/// A condition on a value; `expectation` completes "0 is not ..." and "must be ...".
struct Constraint {
  std::string expectation;                           // empty: anything goes
  std::function<bool(const nlohmann::json&)> holds;  // called with the value's own type
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

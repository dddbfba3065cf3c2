#include "framework/core/constraint.h"

#include "framework/core/json.h"
#include "framework/core/largest_count.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise {

namespace {

Constraint on_number(std::string expectation, Limits limits, std::function<bool(double)> holds) {
  return {std::move(expectation),
          [holds = std::move(holds)](const nlohmann::json& value) {
            return holds(value.get<double>());
          },
          std::move(limits)};
}

// Of a whole number, which a loop or an allocation follows. Real numbers may be as large as they
// are.
bool is_count(const nlohmann::json& value) {
  return !value.is_number_integer() || value.get<double>() <= static_cast<double>(kLargestCount);
}

Constraint on_count(std::string expectation, Limits limits, std::function<bool(double)> holds) {
  return {std::move(expectation),
          [holds = std::move(holds)](const nlohmann::json& value) {
            return is_count(value) && holds(value.get<double>());
          },
          std::move(limits)};
}

}  // namespace

Constraint any() {
  return {"", [](const nlohmann::json&) { return true; }};
}

Constraint positive() {
  return on_count("positive", {.low = 0, .low_is_open = true},
                  [](double value) { return value > 0; });
}

Constraint not_negative() {
  return on_count("zero or more", {.low = 0}, [](double value) { return value >= 0; });
}

Constraint at_least(double low) {
  return on_number(low == 0 ? "zero or more" : fmt::format("at least {}", low), {.low = low},
                   [low](double value) { return value >= low; });
}

Constraint between(double low, double high) {
  return on_number(fmt::format("between {} and {}", low, high), {.low = low, .high = high},
                   [low, high](double value) { return value >= low && value <= high; });
}

Constraint at_least_below(double low, double high) {
  return on_number(fmt::format("at least {} and below {}", low, high),
                   {.low = low, .high = high, .high_is_open = true},
                   [low, high](double value) { return value >= low && value < high; });
}

Constraint one_of(const std::vector<std::string>& known) {
  return {fmt::format("one of {}", fmt::join(known, ", ")),
          [known](const nlohmann::json& value) {
            return std::find(known.begin(), known.end(), value.get<std::string>()) != known.end();
          },
          {.choices = known}};
}

Constraint each(const Constraint& rule) {
  return {fmt::format("a list of values that are {}", rule.expectation),
          [rule](const nlohmann::json& values) {
            return std::all_of(values.begin(), values.end(), rule.holds);
          },
          rule.limits};
}

}  // namespace rankwise

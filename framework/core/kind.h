/// Things looked up by name and made from options: what a registry of tables or figures holds.
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// One of them: it makes a Product of a Subject.
template <class Product, class Subject>
struct Kind {
  std::string summary;  // one line for lists
  std::vector<OptionInfo> options;
  /// Throws Error for an option that is unknown or refused, or where nothing can be made.
  std::function<Product(const Subject&, const nlohmann::json& options)> make;
};

/// A kind whose options are a struct with a `visit`. `place` names it in messages: "figure usage".
template <class Product, class Subject, options::Visitable Options>
Kind<Product, Subject> make_kind(const std::string& place, std::string summary,
                                 Product (*make)(const Subject&, const Options&)) {
  return {std::move(summary), describe_options<Options>(),
          [=](const Subject& subject, const nlohmann::json& options) {
            return make(subject, parse_options<Options>(options, place + ": options"));
          }};
}

}  // namespace rankwise

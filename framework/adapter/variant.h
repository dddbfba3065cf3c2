/// The registry of variants: facts, options, and how to make the adapter.
///
/// One line at the end of a variant's file registers it:
///
///     const RegisterVariant<LoraOptions> registration(
///         "lora", {.paper = "...", .summary = "..."},
///         [](const LoraOptions& options) { return std::make_unique<Lora>(options); });
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// What a variant says of itself.
struct VariantFacts {
  std::string paper;    // citation with the equations it follows
  std::string summary;  // one line for lists
  /// Conformance checks that do not apply, each with its reason: printed by the tests.
  std::map<std::string, std::string> exemptions;
};

struct Variant {
  VariantFacts facts;
  std::vector<OptionInfo> options;
  /// Checked options with every default filled in. Throws Error; `path` names the place.
  std::function<nlohmann::json(const nlohmann::json& options, const std::string& path)> resolve;
  /// From resolved options.
  std::function<std::unique_ptr<Adapter>(const nlohmann::json& options)> make;
};

Registry<Variant>& variants();

/// Runs an adapter's own checks, of options that must fit each other; names the place on failure.
void check_together(const std::string& path, const std::function<void()>& make);

/// add() for static objects, out of which nothing may be thrown: a failure waits for
/// check_registrations().
void register_variant(const std::string& name, Variant variant) noexcept;

/// Throws Error with what went wrong in registrations since the last call.
void check_registrations();

/// Registers a variant when a static object of this type is made: in the program's own object
/// files and in plug-ins.
template <class Options>
struct RegisterVariant {
  RegisterVariant(const std::string& name, VariantFacts facts,
                  std::function<std::unique_ptr<Adapter>(const Options&)> make) {
    Variant variant;
    variant.facts = std::move(facts);
    variant.options = describe_options<Options>();
    variant.resolve = [make](const nlohmann::json& options, const std::string& path) {
      const auto parsed = parse_options<Options>(options, path);
      check_together(path, [&] { make(parsed); });
      return options_to_json(parsed);
    };
    variant.make = [make = std::move(make)](const nlohmann::json& options) {
      return make(parse_options<Options>(options, "options"));
    };
    register_variant(name, std::move(variant));
  }
};

}  // namespace rankwise

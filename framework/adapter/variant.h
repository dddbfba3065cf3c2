/// The registry of variants: facts, options, and how to make the adapter.
///
/// One line at the end of a variant's file registers it:
///
///     const RegisterVariant<MineOptions> registration(
///         "mine", {.paper = "...", .summary = "..."},
///         [](const MineOptions& options) { return std::make_unique<Mine>(options); });
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"

#include <concepts>
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
  std::vector<OptionInfo> options;  // with the defaults of the paper's reading
  /// Options that the reading "released" starts from another value, with it as JSON.
  std::map<std::string, std::string> released;
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

/// Options whose field `reading` sets the defaults of the others: "paper" what the text prints,
/// "released" what the authors' code does. of_reading() of another word gives the paper's.
template <class Options>
concept HasReadings = requires(const std::string& reading) {
  { Options::of_reading(reading) } -> std::same_as<Options>;
};

/// The defaults under `options`: those of the reading it names.
template <class Options>
Options defaults_of(const nlohmann::json& options) {
  if constexpr (HasReadings<Options>) {
    const auto reading = options.find("reading");
    const bool named = reading != options.end() && reading->is_string();
    return Options::of_reading(named ? reading->template get<std::string>() : "paper");
  } else {
    return {};
  }
}

/// Fields of `released` that differ from those of `paper`.
std::map<std::string, std::string> differing_defaults(const std::vector<OptionInfo>& paper,
                                                      const std::vector<OptionInfo>& released);

/// Registers a variant when a static object of this type is made: in the program's own object
/// files and in plug-ins.
template <class Options>
struct RegisterVariant {
  RegisterVariant(const std::string& name, VariantFacts facts,
                  std::function<std::unique_ptr<Adapter>(const Options&)> make) {
    Variant variant;
    variant.facts = std::move(facts);
    variant.options = describe_options<Options>(defaults_of<Options>({}));
    if constexpr (HasReadings<Options>) {
      variant.released =
          differing_defaults(variant.options, describe_options(Options::of_reading("released")));
    }
    variant.resolve = [make](const nlohmann::json& options, const std::string& path) {
      const auto parsed = parse_options<Options>(options, path, defaults_of<Options>(options));
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

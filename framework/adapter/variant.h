/// The registry of variants: facts, options, and how to make the adapter.
///
/// One line at the end of a variant's file registers it, with a function that makes the parts of
/// its rank-wise update at a site:
///
///     RankUpdateParts mine(const MineOptions&, const Site&, const AdapterInputs&);
///
///     const RegisterVariant<MineOptions> mine_registration(
///         "mine", {.paper = "...", .summary = "..."}, mine);
///
/// or, for a variant that acts over all sites, one that makes its adapter:
///
///         [](const MineOptions& options) { return std::make_unique<Mine>(options); });
#pragma once

#include "framework/adapter/peft_form.h"
#include "framework/adapter/rank_adapter.h"
#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registration.h"

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace rankwise {

/// What a variant says of itself.
struct VariantFacts {
  std::string paper;    // citation with the equations it follows
  std::string summary;  // one line for lists
  /// Conformance checks that do not apply, each with its reason: printed by the tests.
  std::map<std::string, std::string> exemptions;
  /// How PEFT says options and parameters; none: only what its updates come to, if that.
  std::optional<PeftForm> peft = {};
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
  /// Of the results under these resolved options: raised when a fix changes them, so that runs of
  /// before are not taken for runs of now.
  std::function<int(const nlohmann::json& options)> revision = [](const nlohmann::json&) {
    return 1;
  };
};

Registry<Variant>& variants();

/// Runs a variant's own checks, of options that must fit each other; names the place on failure.
void check_together(const std::string& path, const std::function<void()>& make);

/// add() for static objects, out of which nothing may be thrown: a failure waits for
/// check_registrations().
void register_variant(const std::string& name, Variant variant) noexcept;

/// What the defaults of a variant's options follow: what the text prints, or what the authors' code
/// does.
enum class Reading { kPaper, kReleased };
const Names<Reading>& readings();

/// Options whose field `reading` sets the defaults of the others.
template <class Options>
concept HasReadings = requires(Reading reading) {
  { Options::of_reading(reading) } -> std::same_as<Options>;
};

/// Options whose validate() throws Error where values do not fit each other.
template <class Options>
concept Validated = requires(const Options& options) {
  options.validate();
};

/// Options that say which revision of the variant's results they give; without, it is 1.
template <class Options>
concept Revised = requires(const Options& options) {
  { options.revision() } -> std::same_as<int>;
};

/// The reading that `options` names; the paper's where it names none. Throws Error for another
/// word.
Reading reading_of(const nlohmann::json& options);

/// The defaults under `options`: those of the reading it names.
template <class Options>
Options defaults_of(const nlohmann::json& options) {
  if constexpr (HasReadings<Options>) {
    return Options::of_reading(reading_of(options));
  } else {
    return {};
  }
}

/// Fields of `released` that differ from those of `paper`.
std::map<std::string, std::string> differing_defaults(const std::vector<OptionInfo>& paper,
                                                      const std::vector<OptionInfo>& released);

/// The adapter that `make` stands for, of options that fit each other.
template <class Options, class Make>
std::unique_ptr<Adapter> make_adapter(const Make& make, const Options& options) {
  if constexpr (Validated<Options>) options.validate();
  if constexpr (std::is_invocable_v<const Make&, const Options&, const Site&,
                                    const AdapterInputs&>) {
    return rank_adapter([make, options](const Site& site, const AdapterInputs& inputs) {
      return make(options, site, inputs);
    });
  } else {
    return make(options);
  }
}

/// Registers a variant when a static object of this type is made: in the program's own object
/// files and in plug-ins.
template <class Options>
struct RegisterVariant {
  template <class Make>
  RegisterVariant(const std::string& name, VariantFacts facts, Make make) {
    Variant variant;
    variant.facts = std::move(facts);
    variant.options = describe_options<Options>(defaults_of<Options>({}));
    if constexpr (HasReadings<Options>) {
      variant.released = differing_defaults(
          variant.options, describe_options(Options::of_reading(Reading::kReleased)));
    }
    variant.resolve = [make](const nlohmann::json& options, const std::string& path) {
      Options defaults;
      check_together(path, [&] { defaults = defaults_of<Options>(options); });
      const auto parsed = parse_options<Options>(options, path, std::move(defaults));
      check_together(path, [&] { make_adapter(make, parsed); });
      return options_to_json(parsed);
    };
    variant.make = [make](const nlohmann::json& options) {
      return make_adapter(make, parse_options<Options>(options, "options"));
    };
    if constexpr (Revised<Options>) {
      variant.revision = [](const nlohmann::json& options) {
        return parse_options<Options>(options, "options").revision();
      };
    }
    register_variant(name, std::move(variant));
  }
};

}  // namespace rankwise

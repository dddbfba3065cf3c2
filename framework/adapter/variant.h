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
/// or, for a variant that acts over all sites, one that makes its adapter, of options that differ
/// by site, or of the same for all (then `site_options` is no option of it):
///
///         [](const BySite<MineOptions>& options) { return std::make_unique<Mine>(options); });
///         [](const MineOptions& options) { return std::make_unique<Mine>(options); });
#pragma once

#include "framework/adapter/by_site.h"
#include "framework/adapter/peft_form.h"
#include "framework/adapter/rank_adapter.h"
#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registration.h"

#include <algorithm>
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
  /// Options that may differ by site, where others belong to the whole adapter. Not said: all but
  /// the reading, which registration fills in where the variant is made by site.
  std::vector<std::string> differing_by_site = {};
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

/// A function of a site's own options, the site and the inputs.
template <class Make, class Options>
concept MakesParts = std::invocable<const Make&, const Options&, const Site&, const AdapterInputs&>;

/// A function of the options of all sites.
template <class Make, class Options>
concept MakesAdapterBySite = requires(const Make& make, const BySite<Options>& options) {
  make(options);
};

template <class Make, class Options>
concept MakesBySite = MakesParts<Make, Options> || MakesAdapterBySite<Make, Options>;

/// The adapter that `make` stands for.
template <class Options, class Make>
std::unique_ptr<Adapter> make_adapter(const Make& make, const BySite<Options>& options) {
  if constexpr (MakesParts<Make, Options>) {
    return rank_adapter([make, options](const Site& site, const AdapterInputs& inputs) {
      return make(options.at(site.name), site, inputs);
    });
  } else if constexpr (MakesAdapterBySite<Make, Options>) {
    return make(options);
  } else {
    return make(options.common);
  }
}

/// All of `Options` but the reading.
template <class Options>
std::vector<std::string> names_but_reading() {
  std::vector<std::string> names;
  for (const OptionName& name : option_names<Options>()) {
    if (name.now != "reading") names.push_back(name.now);
  }
  return names;
}

/// The highest of the common options and those of sites.
template <Revised Options>
int revision_of(const BySite<Options>& options) {
  int highest = options.common.revision();
  for (const auto& [pattern, own] : options.own) highest = std::max(highest, own.revision());
  return highest;
}

/// Registers a variant when a static object of this type is made: in the program's own object
/// files and in plug-ins.
template <class Options>
struct RegisterVariant {
  template <class Make>
  RegisterVariant(const std::string& name, VariantFacts facts, Make make) {
    Variant variant;
    variant.options = describe_options<Options>(defaults_of<Options>({}));
    if constexpr (HasReadings<Options>) {
      variant.released = differing_defaults(
          variant.options, describe_options(Options::of_reading(Reading::kReleased)));
    }
    std::vector<std::string>& differing = facts.differing_by_site;
    if constexpr (MakesBySite<Make, Options>) {
      variant.options.push_back(describe_site_options(differing));
      if (differing.empty()) differing = names_but_reading<Options>();
    }
    const auto parse = [differing](const nlohmann::json& options, const std::string& path) {
      Options defaults;
      check_together(path, [&] { defaults = defaults_of<Options>(options); });
      if constexpr (MakesBySite<Make, Options>) {
        return parse_by_site<Options>(options, path, std::move(defaults), differing);
      } else {
        return BySite<Options>{parse_fitting<Options>(options, path, std::move(defaults))};
      }
    };
    variant.resolve = [make, parse](const nlohmann::json& options, const std::string& path) {
      const BySite<Options> parsed = parse(options, path);
      check_together(path, [&] { make_adapter(make, parsed); });
      return by_site_to_json(parsed);
    };
    variant.make = [make, parse](const nlohmann::json& options) {
      const BySite<Options> parsed = parse(options, "options");
      auto adapter = make_adapter(make, parsed);
      for (const auto& [pattern, own] : parsed.own) adapter->expect_site(pattern);
      return adapter;
    };
    if constexpr (Revised<Options>) {
      variant.revision = [parse](const nlohmann::json& options) {
        return revision_of(parse(options, "options"));
      };
    }
    variant.facts = std::move(facts);
    register_variant(name, std::move(variant));
  }
};

}  // namespace rankwise

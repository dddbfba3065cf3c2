// Options that differ at some sites: how they are found, read, written and refused.

#include "framework/adapter/by_site.h"

#include "framework/adapter/one_site.h"
#include "framework/adapter/variant.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct WidthOptions {
  std::int64_t width = 4, half = 2;
  std::optional<double> weight;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(renamed("width", "size"), self.width, "width", positive());
    field("half", self.half, "at most the width", positive());
    field("weight", self.weight, "weight", positive());
  }
  void validate() const { check(half <= width, "half: {} of {}", half, width); }
};

BySite<WidthOptions> parsed(const json& options) {
  return parse_by_site<WidthOptions>(options, "x.json: options", {}, {"width", "half"});
}

std::string refused(const json& options) {
  return error_of([&] { parsed(options); });
}

TEST(BySite, ASiteHasTheOptionsOfItsPatternOverTheCommonOnes) {
  const auto options = parsed({{"width", 8},
                               {"half", 3},
                               {"site_options", {{"*.query", {{"size", 6}}}, {"v?", json({})}}}});
  EXPECT_EQ(options.at("layer.0.key").width, 8);
  EXPECT_EQ(options.at("layer.0.query").width, 6) << "under its older name";
  EXPECT_EQ(options.at("layer.0.query").half, 3);
  EXPECT_EQ(options.at("v1").width, 8);
}

TEST(BySite, TwoPatternsOfOneSiteAreRefused) {
  const auto options =
      parsed({{"site_options", {{"*.query", {{"width", 6}}}, {"layer.*", {{"width", 5}}}}}});
  EXPECT_EQ(options.at("layer.0.key").width, 5);
  EXPECT_EQ(error_of([&] { options.at("layer.0.query"); }),
            "site_options: '*.query' and 'layer.*' both match layer.0.query; let one of them match "
            "it");
}

TEST(BySite, IsWrittenAsWhatDiffers) {
  const auto options = parsed(
      {{"half", 1}, {"site_options", {{"a", {{"size", 6}, {"half", 1}}}, {"b", {{"half", 2}}}}}});
  const json expected{{"width", 4},
                      {"half", 1},
                      {"weight", nullptr},
                      {"site_options", {{"a", {{"width", 6}}}, {"b", {{"half", 2}}}}}};
  EXPECT_EQ(by_site_to_json(options), expected);
  EXPECT_EQ(by_site_to_json(resolved_by_site<WidthOptions>(expected)), expected);
  EXPECT_FALSE(by_site_to_json(parsed(json::object())).contains("site_options"));
  EXPECT_FALSE(
      by_site_to_json(parsed({{"site_options", json::object()}})).contains("site_options"));
}

TEST(BySite, BadOptionsAreRefusedWithTheirPlace) {
  EXPECT_EQ(refused({{"site_options", 3}}),
            "x.json: options.site_options: 3 is not an object of patterns of sites");
  EXPECT_EQ(refused({{"site_options", {{"a.*", 3}}}}),
            "x.json: options.site_options.a.*: 3 is not an object of options");
  EXPECT_EQ(refused({{"site_options", {{"a.*", {{"width", "6"}}}}}}),
            "x.json: options.site_options.a.*.width: \"6\" is not an integer");
  EXPECT_EQ(refused({{"site_options", {{"a.*", {{"size", 0}}}}}}),
            "x.json: options.site_options.a.*.size: 0 is not positive");
  EXPECT_EQ(refused({{"site_options", {{"a.*", {{"width", 1}}}}}}),
            "x.json: options.site_options.a.*.half: 2 of 1");
  EXPECT_EQ(refused({{"site_options", {{"a.*", {{"weight", 1}}}}}}),
            "x.json: options.site_options.a.*: 'weight' is one for all sites; the options that may "
            "differ are width, half");
  EXPECT_EQ(refused({{"site_options", {{"a.*", {{"widht", 1}}}}}}),
            "x.json: options.site_options.a.*: unknown option 'widht' (did you mean 'width'?); the "
            "options are "
            "half, width");
  EXPECT_EQ(refused({{"site_option", json::object()}}),
            "x.json: options: unknown option 'site_option' (did you mean 'site_options'?); the "
            "options are half, site_options, "
            "weight, width");
  EXPECT_EQ(refused({{"width", 1}}), "x.json: options.half: 2 of 1");
}

// The registered variants, found by what they offer.

std::vector<std::string> differing(const std::string& variant) {
  return variants().find(variant).facts.differing_by_site;
}

std::string refused_by(const std::string& variant, const json& at_sites) {
  return error_of([&] {
    variants().find(variant).resolve({{"site_options", {{"*", at_sites}}}}, "options");
  });
}

TEST(SiteOptions, AreThoseOfASiteAndNotTheReading) {
  EXPECT_THAT(differing("lora"), ElementsAre("rank", "alpha", "dropout", "scaling"));
  EXPECT_THAT(differing("smora"), Contains("active"));
  EXPECT_THAT(refused_by("smora", {{"reading", "released"}}),
              HasSubstr("options.site_options.*: 'reading' is one for all sites; the options that "
                        "may differ are rank, active, partition"));
  EXPECT_THAT(refused_by("more", {{"contrastive_weight", 0}}),
              HasSubstr("'contrastive_weight' is one for all sites; the options that may differ "
                        "are rank, alpha"));
  EXPECT_THAT(refused_by("moelora", {{"rank", 12}}),
              HasSubstr("options.site_options.*.experts: 8 do not divide 12 ranks"));
  EXPECT_THAT(refused_by("linear_probe", {{"rank", 1}}),
              HasSubstr("unknown option 'site_options'; there are no options here"));
  EXPECT_THAT(refused_by("ia3", {{"rank", 1}}),
              HasSubstr("unknown option 'site_options'; the options are input_sites"));
}

TEST(SiteOptions, AreOptionsThatTheVariantHas) {
  for (const std::string& name : variants().names()) {
    std::vector<std::string> known;
    for (const OptionInfo& option : variants().find(name).options) known.push_back(option.name);
    for (const std::string& option : differing(name)) EXPECT_THAT(known, Contains(option)) << name;
    const bool has = !differing(name).empty();
    EXPECT_EQ(has, std::find(known.begin(), known.end(), kSiteOptions) != known.end()) << name;
  }
}

TEST(SiteOptions, KeepTheReadingsDefaults) {
  const json resolved = variants().find("smora").resolve(
      {{"reading", "released"}, {"site_options", {{"*", {{"rank", 32}}}}}}, "options");
  EXPECT_EQ(resolved["bias_in_gate"], true);
  EXPECT_EQ(resolved["site_options"], json({{"*", {{"rank", 32}}}}));
}

TEST(SiteOptions, RaiseTheRevisionWhereTheyNeedTheChangedCode) {
  const Variant& dylora = variants().find("dylora");
  const auto revision = [&](const json& own) {
    return dylora.revision(dylora.resolve({{"site_options", {{"*.key", own}}}}, "options"));
  };
  EXPECT_EQ(revision({{"rank", 4}}), 1);
  EXPECT_EQ(revision({{"update", "last"}}), 2);
}

}  // namespace
}  // namespace rankwise

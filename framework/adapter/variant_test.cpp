// Registration, readings and revisions of variants.

#include "framework/adapter/variant.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::HasSubstr;

struct PairOptions {
  std::int64_t rank = 2, active = 1;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "total ranks", positive());
    field("active", self.active, "ranks a token uses", positive());
  }
  void validate() const { check(active <= rank, "active: {} of {} ranks", active, rank); }
};

RankUpdateParts pair(const PairOptions& options, const Site& site, const AdapterInputs& inputs) {
  return lora_parts(site, inputs, options.rank);
}

TEST(Variant, AFunctionOfPartsMakesAnUpdateAtEachSite) {
  const auto adapter = make_adapter(pair, BySite<PairOptions>{{.rank = 3}});
  const AdapterInputs inputs{.options = torch::TensorOptions().dtype(torch::kFloat64)};
  const auto first = adapter->make_update({"a", 4, 2, {}}, inputs);
  const auto second = adapter->make_update({"b", 4, 2, {}}, inputs);
  EXPECT_EQ(first->ranks(), 3);
  EXPECT_EQ(first->factors()->scale, 2);
  EXPECT_FALSE(torch::equal(first->factors()->a, second->factors()->a)) << "a stream a site";
}

TEST(Variant, OptionsThatDoNotFitEachOtherAreRefused) {
  EXPECT_EQ(error_of([] {
              parse_fitting<PairOptions>({{"rank", 1}, {"active", 2}}, "x", {});
            }),
            "x.active: 2 of 1 ranks");
}

TEST(Variant, ASitesUpdateHasItsOwnOptions) {
  const auto adapter = make_adapter(pair, BySite<PairOptions>{{.rank = 3}, {{"b?", {.rank = 5}}}});
  const AdapterInputs inputs{.options = torch::TensorOptions().dtype(torch::kFloat64)};
  EXPECT_EQ(adapter->make_update({"a1", 4, 2, {}}, inputs)->ranks(), 3);
  EXPECT_EQ(adapter->make_update({"b1", 4, 2, {}}, inputs)->ranks(), 5);
}

TEST(Variant, EveryFailedRegistrationIsReportedOnce) {
  register_variant("lora", {});
  register_variant("more", {});
  EXPECT_EQ(error_of(check_registrations),
            "variant 'lora' is registered twice; variant 'more' is registered twice");
  EXPECT_EQ(error_of(check_registrations), "");
}

TEST(Variant, AnUnknownReadingIsAnError) {
  EXPECT_EQ(reading_of({{"reading", "released"}}), Reading::kReleased);
  EXPECT_EQ(reading_of(nlohmann::json::object()), Reading::kPaper);
  EXPECT_EQ(error_of([] {
              reading_of({{"reading", "relesed"}});
            }),
            "reading: \"relesed\" is not one of paper, released");
  EXPECT_THAT(error_of([] {
                variants().find("more").resolve({{"reading", 1}}, "x.json: runs[0].options");
              }),
              HasSubstr("x.json: runs[0].options.reading: 1 is not one of"));
}

TEST(Variant, ARevisionIsRaisedWhereResultsHaveChanged) {
  const auto revision = [](const char* name, const nlohmann::json& options) {
    const Variant& variant = variants().find(name);
    return variant.revision(variant.resolve(options, "options"));
  };
  EXPECT_EQ(revision("lora", nlohmann::json::object()), 1);
  EXPECT_EQ(revision("dylora", nlohmann::json::object()), 1);
  EXPECT_EQ(revision("dylora", {{"update", "last"}}), 2);
  EXPECT_EQ(revision("lora_fa", {{"gradient", "corrected"}}), 2);
  EXPECT_EQ(revision("flylora", {{"a_init", "two_phase"}}), 2);
  EXPECT_EQ(revision("flylora", {{"a_init", "two_phase"}, {"train_a", true}}), 1);
}

}  // namespace
}  // namespace rankwise

#include "analysis/runs/site_names.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Names = std::vector<std::string>;

TEST(SiteNames, KeepNumbersAndTheShortestTailThatTellsThemApart) {
  EXPECT_EQ(short_site_names({"encoder.layer.0.attention.self.query",
                              "encoder.layer.0.attention.self.key",
                              "encoder.layer.1.attention.self.query"}),
            (Names{"0 query", "0 key", "1 query"}));
}

TEST(SiteNames, ATailThatEndsAnotherOneIsKeptWhole) {
  EXPECT_EQ(short_site_names({"layer.0.attention.output.dense", "layer.0.output.dense"}),
            (Names{"0 attention.output.dense", "0 output.dense"}));
}

TEST(SiteNames, NamesThatDifferBeforeTheNumberStay) {
  EXPECT_EQ(short_site_names({"encoder.0.q", "decoder.0.q"}),
            (Names{"encoder.0.q", "decoder.0.q"}));
}

TEST(SiteNames, AloneTheLastPartSuffices) {
  EXPECT_EQ(short_site_names({"a.b.linear"}), Names{"linear"});
}

TEST(SiteNames, LayersAreTheFirstNumbersOrPlaces) {
  EXPECT_EQ(site_layers({"encoder.layer.0.query", "encoder.layer.0.key", "encoder.layer.11.key"}),
            (Names{"0", "0", "11"}));
  EXPECT_EQ(site_layers({"layer.3", "head"}), (Names{"0", "1"}));
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/output/series_look.h"

#include "analysis/output/figure_style.h"

#include <gtest/gtest.h>

#include <set>

namespace rankwise::analysis {
namespace {

using Names = std::vector<std::string>;

TEST(SeriesLook, GoesByTheNameAndNotByThePlace) {
  EXPECT_EQ(series_looks({"frozen"}).at("frozen"), series_looks({"gumbel", "frozen"}).at("frozen"));
  EXPECT_NE(series_looks({"frozen"}).at("frozen"), series_looks({"gumbel"}).at("gumbel"));
}

TEST(SeriesLook, LabelsShareNoColourUntilAllAreTaken) {
  Names labels;
  for (int i = 0; i < 20; ++i) labels.push_back("lora rank=" + std::to_string(i));
  const SeriesLooks looks = series_looks(labels);
  std::set<std::size_t> first, all;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t look = looks.at(labels[i]);
    EXPECT_EQ(look / kSeriesColours, i / kSeriesColours) << labels[i];
    all.insert(look);
    if (i < kSeriesColours) first.insert(look % kSeriesColours);
  }
  EXPECT_EQ(first.size(), kSeriesColours);
  EXPECT_EQ(all.size(), 20U);
}

TEST(SeriesLook, ALabelThatTheStudyLacksIsAdded) {
  SeriesLooks looks = series_looks({"a", "b"});
  const std::size_t look = look_of("c", looks);
  EXPECT_EQ(looks.size(), 3U);
  EXPECT_EQ(look_of("c", looks), look);
}

}  // namespace
}  // namespace rankwise::analysis

#include "analysis/output/point_names.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

constexpr Panel kPanel{0.5, 0.5, 3, 2};

bool meet(const NamePlace& a, const NamePlace& b) {
  return std::abs(a.x - b.x) < a.half_width + b.half_width &&
         std::abs(a.y - b.y) < a.half_height + b.half_height;
}

TEST(PointNames, OfALonePointStandsCloseToItsRight) {
  const auto places = name_places({{"1", 1, 1}}, {}, kPanel);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_GT(places[0].x, 1.04);
  EXPECT_LT(places[0].x, 1.2);
  EXPECT_NEAR(places[0].y, 1, 0.05);
  EXPECT_FALSE(places[0].far);
}

TEST(PointNames, OfPointsOnOneSpotDoNotMeet) {
  std::vector<NamedPoint> points;
  for (int i = 1; i <= 12; ++i) points.push_back({std::to_string(i), 1.5, 1});
  const auto places = name_places(points, {}, kPanel);
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_FALSE(meet(places[i], places[k])) << i << " " << k;
  }
  EXPECT_TRUE(places.back().far);
}

TEST(PointNames, StayInThePanel) {
  for (const NamedPoint& corner : {NamedPoint{"20", 0, 0}, {"20", 3, 0}, {"20", 3, 2}}) {
    const NamePlace place = name_places({corner}, {}, kPanel).front();
    EXPECT_GE(place.x - place.half_width, 0);
    EXPECT_LE(place.x + place.half_width, 3);
    EXPECT_GE(place.y - place.half_height, 0);
    EXPECT_LE(place.y + place.half_height, 2);
  }
}

TEST(PointNames, StandOffStrokesAndOtherMarkers) {
  const std::vector<Stroke> strokes = {{1, 0.5, 1, 1.5}, {1, 1, 2, 1}};  // a bar, a level line
  const NamePlace place = name_places({{"7", 1, 1}, {"8", 1.1, 1.1}}, strokes, kPanel).front();
  EXPECT_GT(std::abs(place.x - 1), place.half_width);
  EXPECT_TRUE(place.x < 1 || std::abs(place.y - 1) > place.half_height);
  EXPECT_FALSE(meet(place, {1.1, 1.1, 0.04, 0.04}));
}

TEST(PointNames, FarOnesAreLedToTheEdgeOfTheirBox) {
  EXPECT_EQ(name_commands({{"1", 1, 1}}, {}, kPanel).find("arrow"), std::string::npos);
  std::vector<NamedPoint> points(12, {"1", 1.5, 1});
  EXPECT_NE(name_commands(points, {}, kPanel).find("set arrow from graph 0.5000,0.5000 to"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

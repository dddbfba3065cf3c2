#include "framework/run/study_status.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::seconds;

constexpr StudyStatus::Time kStart{};

RunProgress halfway() {
  return {.step = 50, .steps = 100, .loss = 0.5, .tokens_per_second = 10, .seconds_left = 30};
}

TEST(StudyStatus, SaysWhichRunAndHowLongTheStudyTakes) {
  StudyStatus status(/*runs=*/3, /*jobs=*/1);
  status.started(0, "lora seed 0", kStart);
  EXPECT_EQ(status.lines(80, kStart), (Lines{"run 1 of 3", "lora seed 0  starts"}));
  status.told(0, halfway(), kStart + seconds(30));
  // 30 s of this run, and two more of 60 s.
  EXPECT_EQ(status.lines(80, kStart + seconds(30)),
            (Lines{"run 1 of 3, 3 min left",
                   "lora seed 0  step 50/100  loss 0.5000  10 tokens/s  30 s left"}));
}

TEST(StudyStatus, RunsSideBySideShareTheTime) {
  StudyStatus status(/*runs=*/4, /*jobs=*/2);
  status.started(0, "a", kStart);
  status.started(1, "b", kStart);
  status.told(0, halfway(), kStart + seconds(30));
  status.told(1, halfway(), kStart + seconds(30));
  // (30 + 30 + 2 * 60) / 2
  EXPECT_EQ(status.seconds_left(kStart + seconds(30)), 90);
  EXPECT_EQ(status.lines(80, kStart + seconds(30)).front(), "runs 1, 2 of 4, 2 min left");
}

TEST(StudyStatus, RunsThatWereThereSayNothingOfTheTime) {
  StudyStatus status(/*runs=*/3, /*jobs=*/1);
  status.started(0, "a", kStart);
  status.ended(0, /*trained=*/false, kStart + seconds(1));
  EXPECT_EQ(status.seconds_left(kStart + seconds(1)), std::nullopt);
  status.started(1, "b", kStart + seconds(1));
  status.ended(1, /*trained=*/true, kStart + seconds(11));
  EXPECT_EQ(status.seconds_left(kStart + seconds(11)), 10);
  EXPECT_TRUE(status.lines(80, kStart + seconds(11)).empty());
}

TEST(StudyStatus, LinesFitTheTerminal) {
  StudyStatus status(/*runs=*/1, /*jobs=*/1);
  status.started(0, "a label that is far too long", kStart);
  EXPECT_EQ(status.lines(12, kStart)[1], "a label that");
}

TEST(StudyStatus, TimesAreShort) {
  EXPECT_EQ(left_text(40), "40 s");
  EXPECT_EQ(left_text(720), "12 min");
  EXPECT_EQ(left_text(6000), "1 h 40");
}

}  // namespace
}  // namespace rankwise

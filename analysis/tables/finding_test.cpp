#include "analysis/tables/finding.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ScoreComparison score(const std::string& heading, double a, double b, double holm_p) {
  ScoreComparison made{.heading = heading, .a = {2, a, 0.5}, .b = {2, b, 0.5}};
  made.differences = {a - b - 0.1, a - b + 0.1};
  made.over_seeds = paired_t_test(made.differences);
  made.holm_p = holm_p;
  return made;
}

Comparison comparison(std::vector<ScoreComparison> scores) {
  Comparison made;
  made.runs.groups = {{"more", {}}, {"lora", {}}};
  made.scores = std::move(scores);
  return made;
}

TEST(Finding, SaysWhichIsHigherByHowMuchAndHowSure) {
  const std::string text = finding(comparison(
      {score("a", 80, 70, 0.01), score("b", 60, 60, 1), score("average", 70, 65, 0.02)}));
  // Differences 4.9 and 5.1: 5 ± 12.706 * 0.1.
  EXPECT_EQ(text,
            "more is higher than lora on the average over 2 tasks: 70.0 against 65.0, a difference "
            "of +5.00 (95 % +3.73 to +6.27, p 0.02, 2 seeds); of the tasks, more is higher "
            "on 1, lower on 0 and inconclusive on 1.");
}

TEST(Finding, SaysThatNothingIsTold) {
  const std::string text = finding(comparison({score("a", 70, 69, 0.3)}));
  EXPECT_THAT(text, HasSubstr("more and lora are not told apart on a: 70.0 against 69.0"));
  EXPECT_THAT(text, Not(HasSubstr("of the tasks")));
}

TEST(Finding, SaysWhereExamplesSayMoreThanSeeds) {
  ScoreComparison open = score("a", 70, 69, 1);
  open.over_examples = BootstrapDifference{.low = 0.2, .high = 1.8, .p = 0.006};
  EXPECT_THAT(finding(comparison({open})),
              HasSubstr("these models differ on these examples (p 0.006), but others"));
  open.over_examples->p = 0.2;
  EXPECT_THAT(finding(comparison({open})), Not(HasSubstr("these models")));
}

TEST(Finding, TheAverageOfOneTaskIsThatTask) {
  EXPECT_THAT(finding(comparison({score("a", 80, 70, 0.01), score("average", 80, 70, 0.01)})),
              HasSubstr("more is higher than lora on a: "));
}

}  // namespace
}  // namespace rankwise::analysis

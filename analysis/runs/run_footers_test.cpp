#include "analysis/runs/run_footers.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RunGroup group(const std::string& label, const std::string& stale) {
  analysis::Run run;
  run.label = label;
  run.attributes = nlohmann::json::object();
  if (!stale.empty()) run.attributes["stale"] = stale;
  return {label, {run, run}};
}

TEST(RunFooters, StaleRowsSayWhyOnce) {
  const RunSet set{.groups = {group("lora", ""), group("dylora", "clipped before the mask"),
                              group("lora_fa", "clipped before the mask")}};
  EXPECT_THAT(row_footers(set),
              ElementsAre("Stale: dylora, lora_fa: clipped before the mask; to be run again."));
  EXPECT_THAT(stale_footers({.groups = {group("lora", "")}}), IsEmpty());
}

TEST(RunFooters, SayWhatTheRowsOfTheTableAre) {
  RunSet set{.groups = {group("printed", ""), group("lora", "")}};
  set.row_notes = {{"printed", "the paper's estimator"}, {"gumbel", "not in this table"}};
  EXPECT_THAT(row_footers(set), ElementsAre("Row printed: the paper's estimator."));
}

}  // namespace
}  // namespace rankwise::analysis

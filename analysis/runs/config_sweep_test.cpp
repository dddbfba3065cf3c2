#include "analysis/runs/config_sweep.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Labels = std::vector<std::string>;
using nlohmann::json;

struct Row {
  std::string label, variant;
  json options;
};

RunSet runs_of(const std::vector<Row>& rows) {
  const auto folder = test_folder();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    test::RunSpec spec{.label = rows[i].label};
    spec.attributes["order"] = i;
    spec.attributes["config"] = {{"variant", rows[i].variant},
                                 {"label", rows[i].label},
                                 {"seed", 0},
                                 {"options", rows[i].options}};
    test::write_run(folder, std::to_string(i), spec);
  }
  return load_runs({folder});
}

TEST(ConfigSweep, FindsTheNumberThatLabelsDifferInAlone) {
  const RunSet runs = runs_of({{"r 1", "lora", {{"rank", 1}}},
                               {"r 8", "lora", {{"rank", 8}}},
                               {"probe", "linear_probe", json::object()}});
  EXPECT_EQ(sweep_axes(runs), Labels{"options.rank"});
  const ConfigSweep sweep = find_sweep(runs, "options.rank");
  ASSERT_EQ(sweep.lines.size(), 1U);
  EXPECT_EQ(sweep.lines[0].name, "lora");
  EXPECT_EQ(sweep.lines[0].point, (std::map<double, std::size_t>{{1, 0}, {8, 1}}));
  EXPECT_EQ(sweep.left_out, Labels{"probe"});
}

TEST(ConfigSweep, LinesAreNamedByWhatTellsThemApart) {
  const RunSet runs = runs_of({{"a", "flylora", {{"rank", 8}, {"density", 0.5}}},
                               {"b", "flylora", {{"rank", 16}, {"density", 0.5}}},
                               {"c", "flylora", {{"rank", 8}, {"density", 1.0}}},
                               {"d", "flylora", {{"rank", 16}, {"density", 1.0}}},
                               {"e", "lora", {{"rank", 8}}},
                               {"f", "lora", {{"rank", 16}}}});
  const ConfigSweep sweep = find_sweep(runs, "options.rank");
  Labels names;
  for (const SweepLine& line : sweep.lines) names.push_back(line.name);
  EXPECT_EQ(names, (Labels{"flylora density=0.5", "flylora density=1.0", "lora"}));
  EXPECT_TRUE(sweep.left_out.empty());
}

TEST(ConfigSweep, FindsEveryNumberThatLabelsDifferInAlone) {
  const RunSet runs = runs_of({{"a", "flylora", {{"rank", 8}, {"active", 2}}},
                               {"b", "flylora", {{"rank", 16}, {"active", 2}}},
                               {"c", "flylora", {{"rank", 8}, {"active", 4}}}});
  EXPECT_EQ(sweep_axes(runs), (Labels{"options.active", "options.rank"}));
  EXPECT_EQ(find_sweep(runs, "options.rank").left_out, Labels{"c"});
}

TEST(ConfigSweep, TheSeedOfARandomStreamIsNoAxis) {
  const RunSet runs = runs_of(
      {{"own A", "lora", {{"adapter_stream", 0}}}, {"common A", "lora", {{"adapter_stream", 1}}}});
  EXPECT_NE(error_of([&] { sweep_axes(runs); }).find("no sweep"), std::string::npos);
  EXPECT_NE(error_of([&] { find_sweep(runs, "options.adapter_stream"); }).find("random stream"),
            std::string::npos);
}

TEST(ConfigSweep, LabelsThatDifferInMoreAreNoSweep) {
  const RunSet runs = runs_of(
      {{"a", "lora", {{"rank", 8}, {"alpha", 1}}}, {"b", "lora", {{"rank", 16}, {"alpha", 2}}}});
  EXPECT_NE(error_of([&] { sweep_axes(runs); }).find("no sweep"), std::string::npos);
  EXPECT_NE(error_of([&] { find_sweep(runs, "options.rank"); }).find("'options.rank' alone"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise::analysis

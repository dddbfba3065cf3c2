#include "analysis/papers/own_setting.h"

#include "analysis/papers/paper_cost.h"
#include "analysis/runs/task_scores.h"
#include "framework/core/metrics.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

const ReproductionPaths kHere{source_tree() / "configs", "nowhere", "nowhere"};

/// Labels that runs of the study, and models merged of them, have; groups too.
std::set<std::string> labels_of(const StudyFile& study) {
  std::set<std::string> labels;
  for (const StudyRun& run : study.runs) {
    const std::string group = run.members.value("group", run.label);
    labels.insert({run.label, group});
    for (const std::string& rule : study.merge) labels.insert(group + ", " + rule);
  }
  return labels;
}

TEST(OwnSetting, EveryTableButTheComputedOneHasAStudyOfItsOwn) {
  for (const PaperTable& table : paper_tables()) {
    const auto setting = own_setting(table, kHere);
    ASSERT_EQ(setting.has_value(), table.name != "flylora.table9") << table.name;
    if (!setting) continue;
    EXPECT_EQ(setting->study.name, own_study(table));
    EXPECT_THAT(setting->study.papers, ::testing::ElementsAre(table.name));
    EXPECT_NE(setting->study.setting, "") << table.name;
    EXPECT_TRUE(setting->study.note.starts_with("assumed: ")) << table.name;
    for (const std::string& other : setting->study.reuse) {
      EXPECT_TRUE(std::any_of(paper_tables().begin(), paper_tables().end(), [&](const auto& one) {
        return own_study(one) == other;
      })) << other;
    }
  }
}

TEST(OwnSetting, EveryRowOfATableIsARowOfItsStudy) {
  const std::set<std::string> absent{"L-LoRA", "L-LoRA + FlyLoRA"};  // no linearised LoRA here
  for (const PaperTable& paper : paper_tables()) {
    const auto setting = own_setting(paper, kHere);
    if (!setting) continue;
    const std::set<std::string> labels = labels_of(setting->study);
    for (const PaperRow& row : in_own_setting(paper, *setting).rows) {
      if (absent.contains(row.method)) continue;
      EXPECT_TRUE(labels.contains(row.label))
          << paper.name << ": " << row.method << " is '" << row.label << "'";
      EXPECT_TRUE(row.against.empty() || labels.contains(row.against))
          << paper.name << ": against '" << row.against << "'";
    }
  }
}

TEST(OwnSetting, EveryColumnIsATaskOfItsSuite) {
  for (const PaperTable& paper : paper_tables()) {
    const auto setting = own_setting(paper, kHere);
    if (!setting || !setting->is_public) continue;
    const TaskLengths lengths = task_lengths(setting->description);
    for (const PaperColumn& column : in_own_setting(paper, *setting).columns) {
      const std::string task = column.ours.substr(0, column.ours.find('/'));
      EXPECT_TRUE(task.empty() || task == "average" || lengths.contains(task))
          << paper.name << ": " << column.name << " is '" << column.ours << "'";
      if (!names_metric(column.ours)) continue;
      const std::string metric = task_metric(column.ours).metric;
      EXPECT_TRUE(metric == "hours" || metric == "gigabytes" || metrics().contains(metric))
          << paper.name << ": " << column.name << " is '" << column.ours << "'";
    }
  }
}

TEST(OwnSetting, ItsStateIsOneWord) {
  const fs::path folder = test_folder();
  const ReproductionPaths paths{kHere.configs, folder / "data", folder / "results"};
  const auto write = [](const fs::path& path) {
    fs::create_directories(path.parent_path());
    write_bytes(path, "");
  };
  const PaperTable& table = find_paper_table("more.main");
  EXPECT_EQ(own_state(table, paths), "unprepared");
  EXPECT_EQ(own_state(find_paper_table("smora.granularity"), paths), "private");
  EXPECT_EQ(own_state(find_paper_table("flylora.table9"), paths), "computed");
  write(paths.data / "models/t5-base/model.safetensors");
  EXPECT_EQ(own_state(table, paths), "unprepared");
  write(paths.data / "suites/more_glue-t5-base.h5");
  EXPECT_EQ(own_state(table, paths), "ready");
  for (const char* run : {"a", "b", "c", "d", "e"}) {
    write(paths.results / "paper_more_main" / (std::string(run) + ".h5"));
    EXPECT_EQ(own_state(table, paths), *run == 'e' ? "done" : "begun");
  }
}

}  // namespace
}  // namespace rankwise::analysis

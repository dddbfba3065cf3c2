#include "framework/study/study_plan.h"

#include "framework/io/test_files.h"

namespace rankwise {
namespace {

const StudyPlan kPlan{"toy", {{"lora", 0, "lora-s0-a.h5"}, {"more", 0, "more-s0-a.h5"}}};

TEST(StudyPlan, IsReadAsItWasWritten) {
  const auto folder = test_folder() / "toy";
  EXPECT_EQ(read_plan(folder), StudyPlan{});
  write_plan(folder, kPlan);
  EXPECT_EQ(read_plan(folder), kPlan);
}

TEST(StudyPlan, IsWrittenOnlyWhereItChanges) {
  const auto folder = test_folder();
  write_plan(folder, kPlan);
  const auto before = std::filesystem::last_write_time(plan_path(folder));
  std::filesystem::last_write_time(plan_path(folder), before - std::chrono::hours(1));
  write_plan(folder, kPlan);
  EXPECT_EQ(std::filesystem::last_write_time(plan_path(folder)), before - std::chrono::hours(1));
}

TEST(StudyPlan, OfAPartReplacesRunsOfItsLabelsAndSeedsAndAddsOthers) {
  const StudyPlan part{"toy", {{"more", 0, "more-s0-b.h5"}, {"more", 1, "more-s1-b.h5"}}};
  const StudyPlan expected{
      "toy",
      {{"lora", 0, "lora-s0-a.h5"}, {"more", 0, "more-s0-b.h5"}, {"more", 1, "more-s1-b.h5"}}};
  EXPECT_EQ(updated_plan(kPlan, part), expected);
}

TEST(StudyPlan, IsRefusedWhereItIsNone) {
  const auto folder = test_folder();
  for (const char* text : {"[]", "{}", R"({"plan": 1, "study": 3, "runs": []})",
                           R"({"plan": 1, "study": "a", "runs": [{"label": "a"}]})"}) {
    write_bytes(plan_path(folder), text);
    EXPECT_NE(error_of([&] { read_plan(folder); }).find("is no plan of a study; delete it"),
              std::string::npos)
        << text;
  }
  write_bytes(plan_path(folder), R"({"plan": 2})");
  EXPECT_NE(error_of([&] { read_plan(folder); }).find("of version 2, this program reads 1"),
            std::string::npos);
}

}  // namespace
}  // namespace rankwise

#include "framework/cluster/submission.h"

#include "framework/io/test_files.h"

namespace rankwise {
namespace {

const std::vector<ArrayTask> kTasks{{R"({"a": 1})", "lora-s0.h5"}, {R"({"a": 2})", "more-s0.h5"}};

TEST(Submission, LeavesOrdersForItsTasks) {
  const auto folder = make_submission_folder(test_folder());
  write_submission(folder, kTasks, "#!/bin/bash\n");
  EXPECT_EQ(read_order(orders_path(folder), 0), kTasks[0].order);
  EXPECT_EQ(read_order(orders_path(folder), 1), kTasks[1].order);
  EXPECT_EQ(error_of([&] { read_order(orders_path(folder), 2); }),
            orders_path(folder).string() + ": has no task 2");
  EXPECT_EQ(bytes_of(script_path(folder)), "#!/bin/bash\n");
}

TEST(Submission, IsListedOnceItHasAJob) {
  const auto study = test_folder();
  EXPECT_TRUE(submissions(study).empty());
  const auto first = make_submission_folder(study);
  const auto second = make_submission_folder(study);
  EXPECT_NE(first, second) << "of the same second";
  note_job(second, kTasks, "12");
  write_bytes(first / "job.json", "{}");
  const auto found = submissions(study);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].job, "12");
  EXPECT_EQ(found[0].files[1], "more-s0.h5");
}

}  // namespace
}  // namespace rankwise

#include "framework/study/run_standing.h"

#include "framework/io/test_files.h"
#include "framework/record/example_run.h"
#include "framework/record/lock_path.h"
#include "framework/record/run_writer.h"
#include "framework/study/study_plan.h"

namespace rankwise {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1764000000;

class RunStandingTest : public ::testing::Test {
 protected:
  static std::string file_of(const std::string& label) { return label + "-s0-0123456789.h5"; }
  void plan(const std::vector<std::string>& labels) const {
    StudyPlan plan{"toy", {}};
    for (const std::string& label : labels) plan.runs.push_back({label, 0, file_of(label)});
    write_plan(folder, plan);
  }
  fs::path place(const std::string& label) const { return folder / file_of(label); }
  void hold(const std::string& label, const LeaseNote& note) const {
    write_bytes(lock_path(place(label)), to_text(note));
  }
  RunStanding only() const {
    const StudyStanding standing = study_standing(folder, kNow);
    EXPECT_EQ(standing.runs.size(), 1U);
    return standing.runs.front();
  }

  static LeaseNote foreign_note() {
    LeaseNote note = new_lease_note(60);
    note.host = "node7";
    note.machine = "of another machine";
    note.process = 4711;
    note.beat_at = kNow - 5;
    return note;
  }

  const fs::path folder = test_folder();
};

TEST_F(RunStandingTest, IsPendingWhereNothingIsThere) {
  plan({"lora"});
  EXPECT_EQ(only().state, RunState::kPending);
  EXPECT_EQ(only().why, "");
  write_bytes(partial_path(place("lora")), "");
  EXPECT_EQ(only().state, RunState::kPending);
  EXPECT_EQ(only().why, "was stopped; goes on from its last checkpoint");
}

TEST_F(RunStandingTest, IsRunningWhileItsLeaseIsFresh) {
  plan({"lora"});
  LeaseNote note = foreign_note();
  note.about = {{"progress", {{"step", 40}, {"steps", 150}, {"loss", 0.5}, {"seconds_left", 65}}}};
  hold("lora", note);
  const RunStanding run = only();
  EXPECT_EQ(run.state, RunState::kRunning);
  EXPECT_EQ(run.lease->host, "node7");
  EXPECT_EQ(run.silent_seconds, 5);
  EXPECT_EQ(run.progress, note.about["progress"]);
}

TEST_F(RunStandingTest, IsStalledWithoutASignOfLife) {
  plan({"lora"});
  LeaseNote note = foreign_note();
  note.beat_at = kNow - 720;
  hold("lora", note);
  EXPECT_EQ(only().state, RunState::kStalled);
  EXPECT_EQ(only().why, "no sign of life for 12 min from process 4711 on node7");
  note.beat_at = kNow + 3600;
  hold("lora", note);
  EXPECT_EQ(only().state, RunState::kRunning) << "a clock that was set back says nothing";
}

TEST_F(RunStandingTest, IsStalledWhereItsProcessIsGone) {
  plan({"lora"});
  LeaseNote note = new_lease_note(60);
  note.process = 1 << 30;
  note.beat_at = kNow;
  hold("lora", note);
  EXPECT_EQ(only().state, RunState::kStalled);
  EXPECT_EQ(only().why, note.holder() + " has ended without a word");
}

TEST_F(RunStandingTest, IsDoneOrFailedAsItsFileSays) {
  plan({"lora", "more"});
  write_bytes(place("lora"), std::string(64, 'x'));
  RunWriter(place("more"), example_layout(), nlohmann::json::object()).fail("the loss is nan");
  const StudyStanding standing = study_standing(folder, kNow);
  EXPECT_EQ(standing.study, "toy");
  EXPECT_EQ(standing.runs[0].state, RunState::kDone);
  EXPECT_EQ(standing.runs[1].state, RunState::kFailed);
  EXPECT_EQ(standing.runs[1].why, "the loss is nan");
  EXPECT_EQ(standing.counts.at(RunState::kFailed), 1);
  EXPECT_EQ(exit_code(standing), kSomeFailed);
}

TEST_F(RunStandingTest, IsToldWithoutAPlanByTheNamesOfFiles) {
  write_bytes(folder / "lora-rank-8-s3-0123456789.h5", "");
  write_bytes(folder / "more-s1-0123456789.h5.partial", "");
  write_bytes(folder / "notes.h5", "");
  const StudyStanding standing = study_standing(folder, kNow);
  ASSERT_EQ(standing.runs.size(), 2U);
  EXPECT_EQ(standing.runs[0].label, "lora-rank-8");
  EXPECT_EQ(standing.runs[0].seed, 3);
  EXPECT_EQ(standing.runs[1].state, RunState::kPending);
  EXPECT_EQ(exit_code(standing), kRunsLeft);
}

TEST_F(RunStandingTest, CountsRunsOfEarlierOptionsApart) {
  plan({"lora"});
  write_bytes(place("lora"), std::string(64, 'x'));
  write_bytes(folder / "lora-s0-abcdefabcd.h5", "");
  const StudyStanding standing = study_standing(folder, kNow);
  EXPECT_EQ(standing.runs.size(), 1U);
  EXPECT_EQ(standing.others, 1);
  EXPECT_EQ(exit_code(standing), 0);
}

TEST_F(RunStandingTest, IsOneObjectForPrograms) {
  plan({"lora"});
  hold("lora", foreign_note());
  const nlohmann::json value = to_json(study_standing(folder, kNow));
  EXPECT_EQ(value["counts"]["running"], 1);
  EXPECT_EQ(value["exit_code"], kRunsLeft);
  const nlohmann::json& run = value["runs"][0];
  EXPECT_EQ(run["state"], "running");
  EXPECT_EQ(run["host"], "node7");
  EXPECT_EQ(run["process"], 4711);
  EXPECT_EQ(run["step"], nlohmann::json());
}

TEST_F(RunStandingTest, NeedsAFolder) {
  EXPECT_EQ(error_of([&] { study_standing(folder / "x", kNow); }),
            (folder / "x").string() +
                ": cannot be read: No such file or directory; expected the folder of a study's run "
                "files");
}

}  // namespace
}  // namespace rankwise

#include "framework/io/lease_watch.h"

#include "framework/io/lease_file.h"
#include "framework/io/test_files.h"

namespace rankwise {
namespace {

using Finding = LeaseWatch::Finding;
using std::chrono::seconds;

// Times are given, not waited for.
class LeaseWatchTest : public ::testing::Test {
 protected:
  LeaseWatchTest() {
    note.host = "elsewhere";
    note.machine = "of another machine";
    note.beat_at = 4102444800;  // a clock that is wrong by decades, or was set back since
  }
  void show() const { write_bytes(path, to_text(note)); }
  Finding look(int second) { return watch.look(path, begin + seconds(second)); }

  const std::filesystem::path path = test_folder() / "a.lock";
  const LeaseWatch::Time begin{};
  LeaseNote note = new_lease_note(60);
  LeaseWatch watch;
};

TEST_F(LeaseWatchTest, FindsFreeWhatNobodyHolds) { EXPECT_EQ(look(0), Finding::kFree); }

TEST_F(LeaseWatchTest, TakesOverWhatShowedNoSignOfLife) {
  show();
  EXPECT_EQ(look(0), Finding::kHeld);
  EXPECT_EQ(look(59), Finding::kHeld);
  EXPECT_EQ(look(60), Finding::kFree);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(LeaseWatchTest, CountsFromEachSignOfLife) {
  show();
  EXPECT_EQ(look(0), Finding::kHeld);
  ++note.beats;
  show();
  EXPECT_EQ(look(59), Finding::kAlive);
  EXPECT_EQ(look(118), Finding::kAlive);
  EXPECT_EQ(look(119), Finding::kFree);
}

TEST_F(LeaseWatchTest, WaitsAsLongAsTheHolderSaid) {
  note.seconds = 600;
  show();
  EXPECT_EQ(look(0), Finding::kHeld);
  EXPECT_EQ(look(599), Finding::kHeld);
  EXPECT_EQ(look(600), Finding::kFree);
}

TEST_F(LeaseWatchTest, TakesOverFilesThatSayNothing) {
  for (const auto& [text, lasts] :
       {std::pair("", 5), std::pair("process 4711 on a.example.org", 60)}) {
    write_bytes(path, text);
    LeaseWatch anew;
    EXPECT_EQ(anew.look(path, begin), Finding::kHeld);
    EXPECT_EQ(anew.look(path, begin + seconds(lasts - 1)), Finding::kHeld);
    EXPECT_EQ(anew.look(path, begin + seconds(lasts)), Finding::kFree);
  }
}

TEST_F(LeaseWatchTest, TakesOverAtOnceFromAProcessThatHasEnded) {
  note = new_lease_note(60);
  note.process = 1 << 30;  // there is none
  show();
  EXPECT_EQ(look(0), Finding::kFree);
}

// Whoever ended between its claim and its rename must not keep the lease from all others.
TEST_F(LeaseWatchTest, RemovesAClaimThatNothingCameOf) {
  show();
  LeaseNote claim = new_lease_note(60);
  claim.machine = "of a third machine";
  write_bytes(claim_path(path, note.id), to_text(claim));
  EXPECT_EQ(look(0), Finding::kHeld);
  EXPECT_EQ(look(60), Finding::kHeld);
  EXPECT_FALSE(std::filesystem::exists(claim_path(path, note.id)));
  EXPECT_EQ(look(119), Finding::kHeld);
  EXPECT_EQ(look(120), Finding::kFree);
}

TEST_F(LeaseWatchTest, LeavesTheLivingAlone) {
  ::setenv("RANKWISE_LEASE", "0.5", 1);
  const auto lease = Lease::try_take(path);
  ::unsetenv("RANKWISE_LEASE");
  EXPECT_FALSE(LeaseWatch::take(path).has_value());
  EXPECT_EQ(LeaseWatch::holder(path).find("process " + std::to_string(::getpid())), 0U);
  EXPECT_EQ(LeaseWatch::holder(path.string() + "x"), "another process");
}

}  // namespace
}  // namespace rankwise
